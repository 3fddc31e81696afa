package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Expression;
import dev.capstan.capnpc.syntax.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds out what a node says, up to values that need the types of other declarations; those wait in slots. */
final class Translator {
    private final Node node;
    private final ParsedFile module;
    private final Resolver resolver;
    private final Evaluator evaluator;
    private final List<Struct> parts = new ArrayList<>();
    private final List<Slot> unfinished = new ArrayList<>();

    Translator(Node node) {
        this.node = node;
        module = node.module();
        resolver = new Resolver(node, Implicits.NONE);
        evaluator = new Evaluator(node, resolver);
    }

    Content translate() {
        Declaration declaration = node.declaration();
        NameRules.check(module, declaration.inside());
        Content.Body body = body(declaration);
        Declaration.Target target = Declaration.Target.valueOf(node.kind().name());
        List<Applied> annotations = annotations(declaration.annotations(), target);
        return new Content(body, resolver.bindings().isGeneric(), annotations, parts, unfinished, evaluator);
    }

    private Content.Body body(Declaration declaration) {
        return switch (declaration.body()) {
            case Declaration.Const constant -> constant(constant);
            case Declaration.Annotation annotation -> {
                Type type = resolver.type(annotation.type());
                yield new Content.Annotation(type == null ? Type.Simple.VOID : type, annotation.targets());
            }
            case Declaration.Interface type ->
                new InterfaceTranslator(this, node).translate(type, declaration.inside());
            case Declaration.Plain.ENUM -> enumeration(declaration);
            case Declaration.Plain.STRUCT -> {
                Struct struct = new Struct(
                        node.id(),
                        node.displayName(),
                        node.text(),
                        resolver.bindings().isGeneric(),
                        false,
                        List.of(),
                        null,
                        declaration.span());
                new StructTranslator(this, struct, Implicits.NONE).translate(declaration.inside());
                yield new Content.StructBody(struct);
            }
            default -> new Content.File();
        };
    }

    private Content.Body constant(Declaration.Const constant) {
        Type type = resolver.type(constant.type());
        return new Content.Const(type == null ? new Slot(Type.Simple.VOID, null) : slot(type, constant.value()));
    }

    private Content.Body enumeration(Declaration declaration) {
        Ordinals ordinals = new Ordinals(module);
        List<Content.Enumerant> enumerants = new ArrayList<>();
        for (Numbered member : byOrdinal(declaration.inside(), Declaration.Plain.class)) {
            Declaration enumerant = member.declaration();
            ordinals.check(Objects.requireNonNull(enumerant.ordinal()));
            enumerants.add(new Content.Enumerant(
                    enumerant.name().text(),
                    member.codeOrder(),
                    annotations(enumerant.annotations(), Declaration.Target.ENUMERANT),
                    enumerant.comment(),
                    enumerant.span()));
        }
        return new Content.Enumeration(enumerants);
    }

    /** A member and its place among members of its kind. */
    record Numbered(int codeOrder, Declaration declaration) {}

    /** Members of one kind; those of equal number in the order in which they stand. */
    static List<Numbered> byOrdinal(List<Declaration> inside, Class<? extends Declaration.Body> kind) {
        List<Numbered> members = new ArrayList<>();
        for (Declaration member : inside) {
            if (kind.isInstance(member.body()) && member.ordinal() != null) {
                members.add(new Numbered(members.size(), member));
            }
        }
        members.sort(Comparator.comparingLong(
                member -> Objects.requireNonNull(member.declaration().ordinal()).value()));
        return members;
    }

    ParsedFile module() {
        return module;
    }

    Resolver resolver() {
        return resolver;
    }

    /** A struct that gets a node of its own. */
    void addPart(Struct struct) {
        parts.add(struct);
    }

    /** Where a value goes; a simple one is there at once, others when everything is finished. */
    Slot slot(Type type, Expression source) {
        Slot slot = new Slot(type, source);
        if (Type.isPlain(type)) {
            evaluator.fill(slot, false);
        } else {
            unfinished.add(slot);
        }
        return slot;
    }

    List<Applied> annotations(List<Declaration.Annotated> written, Declaration.Target target) {
        List<Applied> applied = new ArrayList<>(written.size());
        for (Declaration.Annotated annotated : written) {
            Applied found = annotation(annotated, target);
            if (found != null) {
                applied.add(found);
            }
        }
        return applied;
    }

    private @Nullable Applied annotation(Declaration.Annotated written, Declaration.Target target) {
        Branded branded = resolver.resolve(written.name());
        if (branded == null) {
            return null;
        }
        String text = written.name().text();
        Span span = written.name().span();
        Node annotation = Resolver.node(branded, Kind.ANNOTATION);
        if (annotation == null || !(branded instanceof Branded.Declared declared)) {
            module.problem(
                    span,
                    "'" + text + "' is not an annotation.",
                    "Annotations are declared like 'annotation name(field) :Text;'.");
            return null;
        }
        Content content = annotation.content();
        if (content == null || !(content.body() instanceof Content.Annotation body)) {
            return null;
        }
        if (!body.targets().contains(target)) {
            String place = target.name().toLowerCase(Locale.ROOT);
            module.problem(
                    span,
                    "'" + text + "' cannot be put on a " + place + ".",
                    "It does not name " + place + " among its targets.");
        }
        Brand brand = declared.bindings().toBrand(resolver.types());
        Type type = Type.substitute(body.type(), brand);
        Expression value = written.value();
        if (value != null) {
            return new Applied(annotation, brand, slot(type, value));
        }
        if (type != Type.Simple.VOID) {
            module.problem(span, "'" + text + "' needs a value.", "Like $" + text + "(...).");
        }
        return new Applied(annotation, brand, new Slot(type, null));
    }
}
