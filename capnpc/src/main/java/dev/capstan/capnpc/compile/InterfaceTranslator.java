package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Expression;
import dev.capstan.capnpc.syntax.Name;
import dev.capstan.capnpc.syntax.Ordinal;
import dev.capstan.capnpc.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an interface says, with the structs that its methods' parameters and results make up. */
final class InterfaceTranslator {
    /** {@code StreamResult} in stream.capnp. */
    private static final long STREAM_RESULT = 0x995f9a3377c0b16eL;

    private static final String STREAM_FILE = "/capnp/stream.capnp";

    private final Translator translator;
    private final ParsedFile module;
    private final Node node;

    InterfaceTranslator(Translator translator, Node node) {
        this.translator = translator;
        this.node = node;
        module = translator.module();
    }

    Content.Body translate(Declaration.Interface type, List<Declaration> inside) {
        List<Content.Superclass> superclasses = new ArrayList<>();
        for (Expression expression : type.superclasses()) {
            Content.Superclass superclass = superclass(expression);
            if (superclass != null) {
                superclasses.add(superclass);
            }
        }
        Ordinals ordinals = new Ordinals(module);
        List<Content.Method> methods = new ArrayList<>();
        for (Translator.Numbered member : Translator.byOrdinal(inside, Declaration.Method.class)) {
            methods.add(method(member, ordinals));
        }
        return new Content.Interface(superclasses, methods);
    }

    private Content.@Nullable Superclass superclass(Expression expression) {
        Branded branded = translator.resolver().resolve(expression);
        if (branded == null) {
            return null;
        }
        Node found = Resolver.node(branded, Kind.INTERFACE);
        if (found == null || !(branded instanceof Branded.Declared declared)) {
            module.problem(
                    expression.span(),
                    "'" + expression.text() + "' is not an interface.",
                    branded instanceof Branded.Variable
                            ? "Type parameters cannot be extended."
                            : "Only interfaces can be extended.");
            return null;
        }
        return new Content.Superclass(
                found, declared.bindings().toBrand(translator.resolver().types()));
    }

    private Content.Method method(Translator.Numbered member, Ordinals ordinals) {
        Declaration declaration = member.declaration();
        Declaration.Method method = (Declaration.Method) declaration.body();
        Ordinal ordinal = Objects.requireNonNull(declaration.ordinal());
        ordinals.check(ordinal);
        if (method.parameters() instanceof Declaration.Stream stream) {
            module.problem(stream.span(), "Only results can be 'stream'.", "Put it behind '->'.");
        }
        Content.Side parameters = side(declaration, method.parameters(), (int) ordinal.value(), false);
        Declaration.Parameters results =
                method.results() != null ? method.results() : new Declaration.Listed(List.of(), new Span(0, 0));
        return new Content.Method(
                declaration.name().text(),
                member.codeOrder(),
                declaration.parameters(),
                parameters,
                side(declaration, results, (int) ordinal.value(), true),
                translator.annotations(declaration.annotations(), Declaration.Target.METHOD),
                declaration.comment(),
                declaration.span());
    }

    private Content.Side side(Declaration method, Declaration.Parameters written, int ordinal, boolean isResults) {
        return switch (written) {
            case Declaration.Listed listed -> listed(method, listed, ordinal, isResults);
            case Declaration.Named named -> named(named.type(), method.parameters());
            case Declaration.Stream stream -> stream(stream);
        };
    }

    /** The implicit parameters of the method become parameters of the struct. */
    private Content.Side listed(Declaration method, Declaration.Listed listed, int ordinal, boolean isResults) {
        List<Name> implicits = method.parameters();
        String name = method.name().text() + (isResults ? "$Results" : "$Params");
        long id = Ids.ofParameters(node.id(), ordinal, isResults);
        Bindings bindings = translator.resolver().bindings();
        Struct struct = new Struct(
                id,
                node.displayName() + "." + name,
                name,
                bindings.isGeneric() || !implicits.isEmpty(),
                false,
                implicits,
                null,
                listed.span());
        new StructTranslator(translator, struct, new Implicits(id, implicits)).translateParameters(listed.fields());
        translator.addPart(struct);
        // The C++ compiler means to bind the implicit parameters here, to themselves, but drops the binding; so does
        // everyone else.
        Bindings inner = bindings.push(id, implicits.size());
        return new Content.Side(id, inner.toBrand(translator.resolver().types()));
    }

    private Content.Side named(Expression expression, List<Name> implicits) {
        Resolver resolver = translator.resolver().with(new Implicits(0, implicits));
        Branded branded = resolver.resolve(expression);
        if (branded == null) {
            return new Content.Side(0, Brand.NONE);
        }
        Node struct = Resolver.node(branded, Kind.STRUCT);
        if (struct == null || !(branded instanceof Branded.Declared declared)) {
            module.problem(
                    expression.span(),
                    "'" + expression.text() + "' is not a struct.",
                    "Methods take and give structs, or lists like (name :Type).");
            return new Content.Side(0, Brand.NONE);
        }
        return new Content.Side(struct.id(), declared.bindings().toBrand(resolver.types()));
    }

    private Content.Side stream(Declaration.Stream stream) {
        ParsedFile file = module.imported(STREAM_FILE, stream.span());
        if (file != null && file.node(node.program()).resolveMember("StreamResult") == null) {
            module.problem(
                    stream.span(),
                    "The " + STREAM_FILE + " that was found has no StreamResult.",
                    "Use the standard one.");
        }
        return new Content.Side(STREAM_RESULT, Brand.NONE);
    }
}
