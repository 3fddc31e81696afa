package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lays out a struct with its unions and groups. First the members are gathered, each with the place where its fields go; then those with
 * ordinals get their types and offsets in ascending order; then what follows from that is filled in.
 */
final class StructTranslator {
    /** Sections are counted in 16 bits. */
    private static final int LARGEST_SECTION = 65535;

    private final Translator translator;
    private final ParsedFile module;
    private final Resolver resolver;
    private final Struct struct;
    private final Layout.Top layout = new Layout.Top();
    private final List<Member> members = new ArrayList<>();
    private final List<Struct> groups = new ArrayList<>();
    private final TreeMap<Long, List<Member>> byOrdinal = new TreeMap<>();

    StructTranslator(Translator translator, Struct struct, Implicits implicits) {
        this.translator = translator;
        this.struct = struct;
        module = translator.module();
        resolver = translator.resolver().with(implicits);
    }

    void translate(List<Declaration> inside) {
        Member root = new Member(struct);
        gather(inside, root, layout);
        place(root);
    }

    /** Parameters have no ordinals: they count as they stand. */
    void translateParameters(List<Declaration> fields) {
        Member root = new Member(struct);
        for (int i = 0; i < fields.size(); i++) {
            Member member = new Member(root, fields.get(i), i, false, layout);
            members.add(member);
            byOrdinal.put((long) i, List.of(member));
        }
        NameRules.checkParameters(module, fields);
        place(root);
    }

    private void gather(List<Declaration> inside, Member parent, Layout.Place place) {
        int codeOrder = 0;
        for (Declaration declaration : inside) {
            switch (declaration.body()) {
                case Declaration.Field field ->
                    add(new Member(parent, declaration, codeOrder++, false, place), declaration);
                case Declaration.Plain.GROUP -> {
                    Member member = new Member(parent, declaration, codeOrder++, false, group(parent, declaration));
                    members.add(member);
                    gatherGroup(declaration, member, place);
                }
                case Declaration.Plain.UNION -> {
                    Layout.Union union = new Layout.Union(place);
                    if (declaration.name().text().isEmpty()) {
                        parent.union(union);
                        codeOrder = gatherUnion(declaration, parent, union, codeOrder);
                    } else {
                        Member member = new Member(parent, declaration, codeOrder++, false, group(parent, declaration));
                        add(member, declaration);
                        member.union(union);
                        gatherUnion(declaration, member, union, 0);
                    }
                }
                default -> {
                    // Declarations inside a struct are nodes of their own.
                }
            }
        }
    }

    private void gatherGroup(Declaration declaration, Member member, Layout.Place place) {
        if (declaration.inside().isEmpty()) {
            module.problem(declaration.name().span(), "The group is empty.", "It needs a member at least.");
        }
        gather(declaration.inside(), member, place);
    }

    /** For the layout, each member of a union is a group of one. */
    private int gatherUnion(Declaration declaration, Member parent, Layout.Union union, int firstCodeOrder) {
        if (declaration.inside().size() < 2) {
            module.problem(
                    declaration.name().span(),
                    "The union has fewer than two members.",
                    "Add one, or use a plain field.");
        }
        int codeOrder = firstCodeOrder;
        for (Declaration inside : declaration.inside()) {
            Layout.Group place = new Layout.Group(union);
            switch (inside.body()) {
                case Declaration.Field field -> add(new Member(parent, inside, codeOrder++, true, place), inside);
                case Declaration.Plain.GROUP -> {
                    Member member = new Member(parent, inside, codeOrder++, true, group(parent, inside));
                    members.add(member);
                    gatherGroup(inside, member, place);
                }
                case Declaration.Plain.UNION -> {
                    if (inside.name().text().isEmpty()) {
                        module.problem(
                                inside.name().span(),
                                "A union in a union needs a name.",
                                "Write 'name :union { ... }'.");
                    } else {
                        Layout.Union inner = new Layout.Union(place);
                        Member member = new Member(parent, inside, codeOrder++, true, group(parent, inside));
                        add(member, inside);
                        member.union(inner);
                        gatherUnion(inside, member, inner, 0);
                    }
                }
                default -> {
                    // Told by NameRules.
                }
            }
        }
        return codeOrder;
    }

    private void add(Member member, Declaration declaration) {
        members.add(member);
        if (declaration.ordinal() != null) {
            byOrdinal
                    .computeIfAbsent(declaration.ordinal().value(), none -> new ArrayList<>())
                    .add(member);
        }
    }

    /** Ids follow when the places of all fields are known. */
    private Struct group(Member parent, Declaration declaration) {
        Struct around = parent.struct();
        String name = declaration.name().text();
        Struct group = new Struct(
                0,
                around.displayName() + "." + name,
                name,
                around.isGeneric(),
                true,
                List.of(),
                declaration.comment(),
                declaration.span());
        groups.add(group);
        translator.addPart(group);
        return group;
    }

    private void place(Member root) {
        Ordinals ordinals = new Ordinals(module);
        byOrdinal.forEach((ordinal, same) -> {
            for (Member member : same) {
                Declaration declaration = member.declaration();
                if (declaration.ordinal() != null) {
                    ordinals.check(declaration.ordinal());
                }
                Field field = member.field();
                field.ordinal((int) (long) ordinal);
                layOut(member, () -> place(member, field));
            }
        });
        layOut(root, () -> finishUnion(root));
        for (Member member : members) {
            finish(member);
        }
        checkOrder(struct);
        groups.forEach(this::checkOrder);
        if (layout.dataWords() > LARGEST_SECTION || layout.pointers() > LARGEST_SECTION) {
            module.problem(
                    struct.span(),
                    "The struct is too large.",
                    "Its sections hold at most " + LARGEST_SECTION + " words.");
        }
        struct.size(layout.dataWords(), layout.pointers());
        groups.forEach(group -> group.size(layout.dataWords(), layout.pointers()));
    }

    private void layOut(Member member, Runnable step) {
        try {
            step.run();
        } catch (Layout.Ambiguous e) {
            module.problem(
                    member.span(),
                    "Old and new compilers would lay this struct out differently.",
                    "See https://github.com/capnproto/capnproto/issues/344; give the members of the unions another order.");
        }
    }

    /** Nodes list fields by ordinal, but a union stands where its first member is. Numbers that are the same were told already. */
    private void checkOrder(Struct checked) {
        int last = 0;
        for (Field field : checked.fields()) {
            if (field.ordinal() != Field.NONE) {
                if (field.ordinal() < last) {
                    module.problem(
                            field.span(),
                            "'" + field.name() + "' comes between a union's number and its first member.",
                            "The number of a union follows that of its first member.");
                }
                last = field.ordinal();
            }
        }
    }

    private void place(Member member, Field field) {
        if (!(member.declaration().body() instanceof Declaration.Field written)) {
            if (!Objects.requireNonNull(member.union()).addTag()) {
                module.problem(
                        Objects.requireNonNull(member.declaration().ordinal()).span(),
                        "The number of a union may be larger than that of one of its members at most.",
                        "Only one field can have been there before the union.");
            }
            return;
        }
        Type type = resolver.type(written.type());
        field.type(
                type == null ? Type.Simple.VOID : type,
                type == null || written.defaultValue() == null
                        ? null
                        : defaultValue(member, type, written.defaultValue()));
        int bits = Type.bits(field.type());
        Layout.Place place = Objects.requireNonNull(member.place());
        if (bits == Type.POINTER) {
            field.offset(place.addPointer());
        } else if (bits == 0) {
            place.addVoid();
        } else {
            field.offset(place.addData(Integer.numberOfTrailingZeros(bits)));
        }
    }

    /** A parameter may say that it is null when it is left out. */
    private @Nullable Slot defaultValue(Member member, Type type, Expression written) {
        boolean isNull = member.declaration().ordinal() == null
                && written instanceof Expression.Relative name
                && name.name().text().equals("null");
        if (!isNull) {
            return translator.slot(type, written);
        }
        if (Type.bits(type) != Type.POINTER) {
            module.problem(written.span(), "Only pointers can be null.", type.text() + " is none.");
        }
        return new Slot(type, null);
    }

    private static void finishUnion(Member member) {
        Layout.Union union = member.union();
        if (union != null) {
            union.addTag();
            member.struct().union(member.unionMembers(), union.tagOffset());
        }
    }

    private void finish(Member member) {
        Declaration.Body body = member.declaration().body();
        Declaration.Target target;
        if (body instanceof Declaration.Field) {
            target = member.declaration().ordinal() == null ? Declaration.Target.PARAM : Declaration.Target.FIELD;
        } else {
            target = body == Declaration.Plain.UNION ? Declaration.Target.UNION : Declaration.Target.GROUP;
            layOut(member, () -> finishUnion(member));
            Field field = member.field();
            long parentId = Objects.requireNonNull(member.parent()).struct().id();
            member.struct().place(Ids.ofGroup(parentId, member.index()), parentId);
            field.group(member.struct());
        }
        member.field().annotations(translator.annotations(member.declaration().annotations(), target));
    }
}
