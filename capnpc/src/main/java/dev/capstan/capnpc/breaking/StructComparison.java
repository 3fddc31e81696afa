package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Value;
import dev.capstan.capnpc.breaking.Layout.Group;
import dev.capstan.capnpc.breaking.Layout.Slot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares two versions of a struct, or of the parameters or results of a method. Fields are the same if their numbers are. Groups have no
 * numbers: a group is the same as the one in the same place that holds most of its fields.
 */
final class StructComparison {
    private final Report report;
    private final TypeComparison types;
    private final AnnotationComparison annotations;
    private final Wording wording;
    private final Layout old;
    private final Layout now;
    private final Numbering numbering;
    private final List<String> displaced = new ArrayList<>();

    /** What is wrong with the place of a member; the text follows its name. */
    private record Change(Rule rule, String text) {}

    /** What members are called, and where they are; differs between the fields of a struct and the parameters of a method. */
    interface Wording {
        /** A member in a sentence, such as {@code field Person.name}. */
        String member(String path);

        /** Where a member of the newer version is. */
        Location of(Group group, int index, String path);

        /** Where the newer version as a whole is. */
        Location whole();
    }

    StructComparison(
            Report report,
            TypeComparison types,
            AnnotationComparison annotations,
            Wording wording,
            Layout old,
            Layout now) {
        this.report = report;
        this.types = types;
        this.annotations = annotations;
        this.wording = wording;
        this.old = old;
        this.now = now;
        this.numbering = new Numbering(paths(old), paths(now));
    }

    private static SortedMap<Integer, String> paths(Layout layout) {
        SortedMap<Integer, String> paths = new TreeMap<>();
        layout.byOrdinal().forEach((ordinal, slot) -> paths.put(ordinal, slot.path()));
        return paths;
    }

    void run() {
        group(old.root(), now.root());
        if (!displaced.isEmpty()) {
            report.breaking(
                    Rule.LAYOUT_CHANGED,
                    wording.whole(),
                    "Other places on the wire have: " + String.join(", ", displaced)
                            + ". Give every field its old number and type back.");
        }
    }

    private void group(Group before, Group after) {
        if (before.hasUnion() && after.hasUnion() && tag(before) != tag(after)) {
            displaced.add(
                    "the tag of the union" + (before.path().isEmpty() ? "" : " in " + wording.member(before.path())));
        }
        annotations.onNode(before.node(), after.node(), location(after));
        before.slots().forEach(slot -> slot(slot, after));
        Set<Group> taken = new HashSet<>();
        for (Group inner : before.groups()) {
            Group counterpart = counterpart(inner, after, taken);
            if (counterpart == null) {
                gone(inner);
            } else {
                taken.add(counterpart);
                inner(inner, counterpart, before, after);
            }
        }
    }

    private Location location(Group group) {
        return group.parent() == null ? wording.whole() : wording.of(group.parent(), group.index(), group.path());
    }

    private static long tag(Group group) {
        return group.node().getStruct().getDiscriminantOffset();
    }

    /** The group among those in {@code after} that holds most of the fields; null if none holds any. */
    private @Nullable Group counterpart(Group before, Group after, Set<Group> taken) {
        Map<Group, Integer> common = new LinkedHashMap<>();
        for (int ordinal : before.ordinals()) {
            Slot slot = now.byOrdinal().get(ordinal);
            Group at = slot == null ? null : slot.in();
            while (at != null && at.parent() != after) {
                at = at.parent();
            }
            if (at != null && !taken.contains(at)) {
                common.merge(at, 1, Integer::sum);
            }
        }
        Group best = null;
        for (Map.Entry<Group, Integer> candidate : common.entrySet()) {
            if (best == null || candidate.getValue() > common.getOrDefault(best, 0)) {
                best = candidate.getKey();
            }
        }
        return best;
    }

    /** A group without a successor: its fields are gone, or have moved out of it. */
    private void gone(Group group) {
        for (int ordinal : group.ordinals()) {
            Slot before = old.byOrdinal().get(ordinal);
            Slot after = now.byOrdinal().get(ordinal);
            if (before != null && (after == null || !isThere(before))) {
                gone(before);
            } else if (before != null && after != null) {
                moved(before, after, "out of the group " + group.path());
            }
        }
    }

    private boolean isThere(Slot before) {
        Numbering.Fate fate = numbering.fate(before.ordinal());
        return fate == Numbering.Fate.SAME || fate == Numbering.Fate.RENAMED;
    }

    private void gone(Slot before) {
        String member = wording.member(before.path());
        Slot successor = now.byOrdinal().get(before.ordinal());
        Location location =
                successor == null ? wording.whole() : wording.of(successor.in(), successor.index(), successor.path());
        location = location.of(wording.whole().declaration() + "." + before.path());
        if (numbering.fate(before.ordinal()) == Numbering.Fate.RENUMBERED) {
            report.breaking(
                    Rule.ORDINAL_CHANGED,
                    location,
                    "The number of " + member + " was " + before.ordinal() + " and is "
                            + numbering.newNumber(before.ordinal()) + ". Give it its old number back.");
        } else {
            report.breaking(
                    Rule.ORDINAL_REMOVED,
                    location,
                    "Number " + before.ordinal() + ", " + member
                            + ", is gone. Keep it; its name may be changed to tell that it is obsolete.");
        }
    }

    private void inner(Group before, Group after, Group aroundBefore, Group aroundAfter) {
        Change change = discriminants(before.discriminant(), after.discriminant(), aroundBefore, aroundAfter);
        if (change != null) {
            report.breaking(change.rule(), location(after), "The group " + before.path() + change.text());
        }
        if (before.field() != null
                && after.field() != null
                && !before.field().getName().equals(after.field().getName())) {
            report.sourceOnly(
                    Rule.RENAMED,
                    location(after),
                    "The group " + before.path() + " is now called " + after.path() + ".");
        }
        if (before.field() != null && after.field() != null) {
            annotations.onMember(before.field().getAnnotations(), after.field().getAnnotations(), location(after));
        }
        group(before, after);
    }

    private void slot(Slot before, Group around) {
        Slot after = now.byOrdinal().get(before.ordinal());
        if (after == null || !isThere(before)) {
            gone(before);
            return;
        }
        List<Group> into = new ArrayList<>();
        Group at = after.in();
        while (at != null && at != around) {
            into.addFirst(at);
            at = at.parent();
        }
        if (at == null) {
            moved(before, after, "from " + place(before.in()) + " to " + place(after.in()));
            return;
        }
        Location location = wording.of(after.in(), after.index(), after.path());
        Change change = move(before, after, into, around);
        if (change != null) {
            report.breaking(change.rule(), location, "The " + wording.member(before.path()) + change.text());
        }
        String newName = relative(after, into);
        if (!before.field().getName().equals(newName)) {
            report.sourceOnly(
                    Rule.RENAMED, location, "The " + wording.member(before.path()) + " is now called " + newName + ".");
        }
        annotations.onMember(before.field().getAnnotations(), after.field().getAnnotations(), location);
        content(before, after, location);
    }

    private static String relative(Slot slot, List<Group> groups) {
        StringBuilder name = new StringBuilder();
        for (Group group : groups) {
            if (group.field() != null) {
                name.append(group.field().getName()).append('.');
            }
        }
        return name.append(slot.field().getName()).toString();
    }

    private static String place(Group group) {
        return group.path().isEmpty() ? "the struct itself" : "the group " + group.path();
    }

    private void moved(Slot before, Slot after, String how) {
        report.breaking(
                Rule.FIELD_MOVED,
                wording.of(after.in(), after.index(), after.path()),
                "The " + wording.member(before.path()) + " went " + how
                        + ". Leave it where it was; only a group or union that is new may take in a field, and only one.");
    }

    /** How a field went into a group or union where it may not go; null if it stayed or the groups are new and all its own. */
    private @Nullable Change move(Slot before, Slot after, List<Group> into, Group around) {
        for (Group group : into) {
            for (int ordinal : group.ordinals()) {
                if (ordinal != before.ordinal() && old.byOrdinal().containsKey(ordinal)) {
                    return new Change(
                            Rule.FIELD_MOVED,
                            " went into the group " + group.path()
                                    + ", where another old field is. Leave it where it was.");
                }
            }
        }
        int outermost = into.isEmpty()
                ? after.field().getDiscriminantValue()
                : into.getFirst().discriminant();
        Change change = discriminants(before.field().getDiscriminantValue(), outermost, before.in(), around);
        for (int i = 1; i <= into.size() && change == null; i++) {
            int inner =
                    i < into.size() ? into.get(i).discriminant() : after.field().getDiscriminantValue();
            if (inner != Field.NO_DISCRIMINANT && inner != 0) {
                change = new Change(
                        Rule.FIELD_MOVED,
                        " went into a new union under the tag " + inner
                                + ", but old messages have tag 0. Make it the member with the lowest number.");
            }
        }
        return change;
    }

    /** What is wrong with the tags that a member had and has in the union of its group; null if nothing is. */
    private static @Nullable Change discriminants(int before, int after, Group aroundBefore, Group aroundAfter) {
        if (before == after) {
            return null;
        }
        if (before == Field.NO_DISCRIMINANT) {
            if (aroundBefore.hasUnion()) {
                return new Change(Rule.FIELD_MOVED, " went into the union, which existed before. Leave it outside.");
            }
            return after == 0
                    ? null
                    : new Change(
                            Rule.FIELD_MOVED,
                            " went into a new union that holds another old field. Only one may be in it.");
        }
        return aroundAfter.hasUnion() && after != Field.NO_DISCRIMINANT
                ? new Change(
                        Rule.DISCRIMINANT_CHANGED,
                        " had the tag " + before + " of the union and has " + after
                                + ". Give the members of the union their old numbers back.")
                : new Change(Rule.FIELD_MOVED, " went out of the union. Leave it there.");
    }

    private void content(Slot before, Slot after, Location location) {
        Field.Slot.Reader was = before.field().getSlot();
        Field.Slot.Reader is = after.field().getSlot();
        String member = wording.member(before.path());
        if (!types.check(was.getType(), is.getType(), new TypeComparison.Site(location, member))) {
            return;
        }
        if (was.getOffset() != is.getOffset()) {
            displaced.add(member);
        }
        if ((was.getHadExplicitDefault() || is.getHadExplicitDefault())
                && !sameValue(was.getDefaultValue(), is.getDefaultValue())) {
            report.breaking(
                    Rule.DEFAULT_CHANGED,
                    location,
                    "The default of " + member
                            + " is another one; what was sent as the old default would be read as the new one. Keep the old default.");
        }
    }

    static boolean sameValue(Value.Reader a, Value.Reader b) {
        return a.contentEquals(b);
    }

    /** The wording for the fields of a struct. */
    static Wording fields(Schemas current, Node.Reader before, Node.Reader after) {
        return new Wording() {
            @Override
            public String member(String path) {
                return "field " + Schemas.name(before) + "." + path;
            }

            @Override
            public Location of(Group group, int index, String path) {
                return current.member(
                        group.node(),
                        index,
                        group.node().getStruct().getFields().get(index).getName());
            }

            @Override
            public Location whole() {
                return current.location(after);
            }
        };
    }
}
