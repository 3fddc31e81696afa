package dev.capstan.capnpc;

import dev.capstan.capnp.schema.CodeGeneratorRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes Java of schemas.
 *
 * <p>Each declaration at the top of a requested file becomes one Java file, constants outside any type one more,
 * and the schema itself one, for those who look at it at run time. The package is the one
 * that {@code $Java.package} names, or the base name of the schema file. The same request always gives the same files. Holds no state; safe
 * for use by several threads.
 */
public final class JavaGenerator {
    private JavaGenerator() {}

    /**
     * Java for the files that were requested, ordered by path.
     *
     * @param request as the {@code capnp} compiler writes it, with all nodes that the files refer to
     * @throws SchemaException if the request is incomplete, two files declare the same class in the same package or one that differs only in
     *     case, or little schema makes far too much Java
     */
    public static List<GeneratedFile> generate(CodeGeneratorRequest.Reader request) {
        Nodes nodes = new Nodes(request);
        Declarations declarations = new Declarations(nodes);
        SizeBudget budget = new SizeBudget(request);
        TreeMap<String, GeneratedFile> files = new TreeMap<>();
        Map<String, String> ignoringCase = new HashMap<>();
        for (CodeGeneratorRequest.RequestedFile.Reader requested : request.getRequestedFiles()) {
            for (GeneratedFile file : generate(requested, nodes, declarations, budget)) {
                if (files.put(file.path(), file) != null) {
                    throw new SchemaException(requested.getFilename() + " and another requested file both declare "
                            + file.path() + ". Give them different packages: $Java.package(\"...\").");
                }
                String other = ignoringCase.put(file.path().toLowerCase(Locale.ROOT), file.path());
                if (other != null) {
                    throw new SchemaException(
                            requested.getFilename() + ": " + other + " and " + file.path()
                                    + " would be the same file where case does not count in names of files, as on Windows and macOS. Call"
                                    + " one of these types something else in Java, with $Java.name(\"...\"), or give them different packages.");
                }
            }
        }
        return List.copyOf(files.values());
    }

    private static List<GeneratedFile> generate(
            CodeGeneratorRequest.RequestedFile.Reader requested,
            Nodes nodes,
            Declarations declarations,
            SizeBudget budget) {
        SchemaFile schema = declarations.file(requested.getId());
        String source = Names.fileName(requested.getFilename());
        List<GeneratedFile> files = new ArrayList<>();
        for (Declaration declaration : schema.declarations) {
            refuseSameFiles(declaration);
            JavaFile file = new JavaFile(
                    budget,
                    schema.javaPackage,
                    declaration.name,
                    source,
                    declarations.namesIn(schema.javaPackage),
                    declaration);
            DeclarationWriter.write(new Output(declarations, nodes, file, new Pool(file, declaration)), declaration);
            files.add(file.finish());
        }
        if (!Constants.in(schema.node, nodes).isEmpty()) {
            files.add(constants(schema, source, nodes, declarations, budget));
        }
        files.add(new NodesWriter(nodes, declarations, budget).write(schema, source));
        return files;
    }

    /** Each nested class becomes a class file that is called after those around it. */
    private static void refuseSameFiles(Declaration outer) {
        Map<String, Declaration> ignoringCase = new HashMap<>();
        for (Declaration inner : outer.nested) {
            Declaration other = ignoringCase.put(inner.name.toLowerCase(Locale.ROOT), inner);
            if (other != null) {
                throw new SchemaException(
                        outer.displayName().substring(0, outer.displayName().indexOf(':') + 1) + " the classes "
                                + other + " and " + inner
                                + " would lie in the same file where case does not count in names of files, as on Windows and macOS. Call"
                                + " one of these types something else in Java, with $Java.name(\"...\").");
            }
            refuseSameFiles(inner);
        }
    }

    private static GeneratedFile constants(
            SchemaFile schema, String source, Nodes nodes, Declarations declarations, SizeBudget budget) {
        String name = Names.uniqueFile(Names.constantsClass(source), schema.topNames);
        JavaFile file =
                new JavaFile(budget, schema.javaPackage, name, source, declarations.namesIn(schema.javaPackage), null);
        Output output = new Output(declarations, nodes, file, new Pool(file, null));
        SourceText text = output.text();
        text.doc(List.of("The constants of {@code " + source + "}."));
        text.open("public final class " + name);
        new Constants(output).write(schema.node, null);
        text.blank().line("private " + name + "() {}");
        output.pool().write();
        text.close();
        return file.finish();
    }
}
