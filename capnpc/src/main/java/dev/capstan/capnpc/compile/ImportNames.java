package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Expression;
import dev.capstan.capnpc.syntax.Span;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The imports of a file that generated code needs: those in types and names of annotations, not those in values, which nodes tell in full.
 */
final class ImportNames {
    private final SortedMap<String, Span> found = new TreeMap<>(Comparator.comparing(ImportNames::bytes));

    private ImportNames() {}

    /** Paths as written, in the order of their bytes, and where each was found. */
    static SortedMap<String, Span> of(Declaration file) {
        ImportNames names = new ImportNames();
        names.add(file);
        return names.found;
    }

    /** UTF-8 sorts like code points, UTF-16 does not. */
    private static String bytes(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void add(Declaration declaration) {
        switch (declaration.body()) {
            case Declaration.Using using -> add(using.target());
            case Declaration.Const constant -> add(constant.type());
            case Declaration.Field field -> add(field.type());
            case Declaration.Interface type -> type.superclasses().forEach(this::add);
            case Declaration.Method method -> {
                add(method.parameters());
                add(method.results());
            }
            case Declaration.Annotation annotation -> {}
            case Declaration.Plain plain -> {}
        }
        addAnnotations(declaration.annotations());
        declaration.inside().forEach(this::add);
    }

    private void addAnnotations(List<Declaration.Annotated> annotations) {
        annotations.forEach(annotated -> add(annotated.name()));
    }

    private void add(Declaration.@Nullable Parameters parameters) {
        switch (parameters) {
            case null -> {}
            case Declaration.Listed listed -> listed.fields().forEach(this::add);
            case Declaration.Named named -> add(named.type());
            case Declaration.Stream stream -> found.putIfAbsent("/capnp/stream.capnp", stream.span());
        }
    }

    private void add(Expression expression) {
        switch (expression) {
            case Expression.Import imported ->
                found.putIfAbsent(imported.path().text(), imported.path().span());
            case Expression.ListOf list -> list.items().forEach(this::add);
            case Expression.Tuple tuple -> tuple.items().forEach(item -> add(item.value()));
            case Expression.Application application -> {
                add(application.function());
                application.arguments().forEach(item -> add(item.value()));
            }
            case Expression.Member member -> add(member.parent());
            case Expression.Unknown unknown -> {}
            case Expression.Whole whole -> {}
            case Expression.Fraction fraction -> {}
            case Expression.Text text -> {}
            case Expression.Binary binary -> {}
            case Expression.Relative relative -> {}
            case Expression.Absolute absolute -> {}
            case Expression.Embed embed -> {}
        }
    }
}
