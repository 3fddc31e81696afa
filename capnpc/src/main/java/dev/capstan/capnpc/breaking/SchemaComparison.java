package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Enumerant;
import dev.capstan.capnp.schema.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds what in a new version of some schemas keeps programs apart that were built with the old and the new one.
 *
 * <p>Compared are the files that the requests were made for; what they import counts only where they refer to it. A declaration is the same in
 * both versions if its id is; with another id, if its name and place are. What is allowed is what Cap'n Proto's description of its language
 * lists under "Evolving Your Protocol", and nothing more: a change to AnyPointer or from Text to Data, say, is reported, although some readers
 * would bear it. Moving a file or a declaration, and giving anything another name, changes source code but no message.
 *
 * <p>Not looked at: what a comment promises, annotations other than those of json.capnp and those that name generated code, and aliases, of which
 * requests know nothing.
 */
public final class SchemaComparison {
    private final Schemas base;
    private final Schemas current;
    private final Counterparts counterparts;
    private final Report report = new Report();
    private final TypeComparison types;
    private final AnnotationComparison annotations;

    private SchemaComparison(CodeGeneratorRequest.Reader base, CodeGeneratorRequest.Reader current) {
        this.base = new Schemas(base, true);
        this.current = new Schemas(current, false);
        this.counterparts = new Counterparts(this.base, this.current);
        this.types = new TypeComparison(this.base, this.current, counterparts, report);
        this.annotations = new AnnotationComparison(report);
    }

    /**
     * What was changed, in the order of the sources; empty if nobody will notice. Borrows both requests until it returns. Holds no state; safe for use
     * by several threads.
     *
     * @param base the older version, as a compiler wrote it
     * @param current the newer version
     * @throws dev.capstan.capnpc.SchemaException if a request does not hold what it refers to
     */
    public static List<Finding> compare(CodeGeneratorRequest.Reader base, CodeGeneratorRequest.Reader current) {
        return new SchemaComparison(base, current).run();
    }

    private List<Finding> run() {
        Set<Long> gone = new HashSet<>();
        for (Node.Reader before : base.declared()) {
            Node.Reader after = counterparts.of(before);
            if (after == null) {
                gone.add(before.getId());
                if (!before.isFile() && !isInside(before, gone)) {
                    removed(before);
                }
            } else {
                pair(before, after);
            }
        }
        types.finish();
        return report.findings();
    }

    /** Whether what is around it was reported already. */
    private boolean isInside(Node.Reader node, Set<Long> gone) {
        Node.Reader around = base.find(node.getScopeId());
        return around != null && !around.isFile() && gone.contains(around.getId());
    }

    private void removed(Node.Reader before) {
        Node.Reader around = base.find(before.getScopeId());
        Node.Reader successor = around == null ? null : counterparts.of(around);
        String what = Schemas.name(before);
        Location location = successor == null
                ? base.location(before)
                : current.location(successor).of(what);
        if (before.isConst() || before.isAnnotation()) {
            report.sourceOnly(
                    Rule.DECLARATION_REMOVED, location, what + " is gone; code that uses it no longer compiles.");
        } else {
            report.breaking(
                    Rule.DECLARATION_REMOVED,
                    location,
                    what + " (id @0x" + Long.toHexString(before.getId())
                            + ") is gone. Keep it, or if it has another name or place now, give it this id.");
        }
    }

    private void pair(Node.Reader before, Node.Reader after) {
        Location location = current.location(after);
        names(before, after, location);
        if (before.which() != after.which()) {
            report.breaking(
                    Rule.KIND_CHANGED,
                    location,
                    Schemas.name(before) + " was a declaration of another kind. Give what is new another name and id.");
            return;
        }
        parameters(before, after, location);
        switch (before.which()) {
            case STRUCT ->
                new StructComparison(
                                report,
                                types,
                                annotations,
                                StructComparison.fields(current, before, after),
                                new Layout(base, before),
                                new Layout(current, after))
                        .run();
            case ENUM -> {
                annotations.onNode(before, after, location);
                enumerants(before, after, location);
            }
            case INTERFACE -> {
                annotations.onNode(before, after, location);
                new InterfaceComparison(base, current, counterparts, report, types, annotations).run(before, after);
            }
            case CONST -> constant(before, after, location);
            case ANNOTATION -> annotation(before, after, location);
            case FILE -> annotations.onNode(before, after, location);
            case UNRECOGNIZED -> {}
        }
    }

    private void names(Node.Reader before, Node.Reader after, Location location) {
        if (counterparts.hasOtherId(before)) {
            otherId(before, after, location);
        } else if (!Schemas.fileName(before).equals(Schemas.fileName(after))
                || !Schemas.name(before).equals(Schemas.name(after))) {
            // Who moves takes along what is inside.
            Node.Reader around = before.isFile() ? null : base.find(before.getScopeId());
            Node.Reader aroundNow = around == null ? null : counterparts.of(around);
            boolean isMovedAlone = aroundNow == null
                    || aroundNow.getId() != after.getScopeId()
                    || !Schemas.simpleName(before).equals(Schemas.simpleName(after));
            if (isMovedAlone) {
                report.sourceOnly(
                        Rule.RENAMED, location, before.getDisplayName() + " is now " + after.getDisplayName() + ".");
            }
        }
    }

    private void otherId(Node.Reader before, Node.Reader after, Location location) {
        String text = " had the id @0x" + Long.toHexString(before.getId()) + " and has @0x"
                + Long.toHexString(after.getId()) + ". Write the old id behind its name.";
        if (before.isFile()) {
            boolean isContagious = base.declared().stream()
                    .anyMatch(node -> !node.isFile()
                            && Schemas.fileName(node).equals(before.getDisplayName())
                            && counterparts.hasOtherId(node));
            if (isContagious) {
                report.breaking(
                        Rule.ID_CHANGED,
                        location,
                        "The file, and with it what is declared in it without an id of its own," + text);
            } else {
                report.sourceOnly(Rule.ID_CHANGED, location, "The file" + text);
            }
            return;
        }
        Node.Reader around = base.find(before.getScopeId());
        if (around != null && counterparts.hasOtherId(around)) {
            return; // Told there.
        }
        if (before.isConst() || before.isAnnotation()) {
            report.sourceOnly(Rule.ID_CHANGED, location, Schemas.name(before) + text);
        } else {
            report.breaking(Rule.ID_CHANGED, location, Schemas.name(before) + text);
        }
    }

    private void parameters(Node.Reader before, Node.Reader after, Location location) {
        var old = before.getParameters();
        var now = after.getParameters();
        for (int i = 0; i < old.size(); i++) {
            String name = old.get(i).getName();
            int position = i;
            boolean isElsewhere = Stream.iterate(0, j -> j < now.size(), j -> j + 1)
                    .anyMatch(j -> j != position && now.get(j).getName().equals(name));
            if (i >= now.size() || isElsewhere) {
                report.breaking(
                        Rule.TYPE_PARAMETER_CHANGED,
                        location,
                        "The type parameter " + name + " of " + Schemas.name(before)
                                + " is gone or in another place. Keep the old ones in their order, and add new ones behind them.");
            }
        }
    }

    private void enumerants(Node.Reader before, Node.Reader after, Location whole) {
        var old = before.getEnum().getEnumerants();
        var now = after.getEnum().getEnumerants();
        Numbering numbering = new Numbering(names(old), names(now));
        for (int i = 0; i < old.size(); i++) {
            String name = Schemas.name(before) + "." + old.get(i).getName();
            String enumerant = "enumerant " + name;
            Location location =
                    i < now.size() ? current.member(after, i, now.get(i).getName()) : whole;
            switch (numbering.fate(i)) {
                case REMOVED ->
                    report.breaking(
                            Rule.ENUMERANT_REMOVED,
                            location.of(name),
                            "Number " + i + ", " + enumerant
                                    + ", is gone. Keep it; its name may be changed to tell that it is obsolete.");
                case RENUMBERED ->
                    report.breaking(
                            Rule.ENUMERANT_REORDERED,
                            location.of(name),
                            "The number of " + enumerant + " was " + i + " and is " + numbering.newNumber(i)
                                    + ". Give it its old number back.");
                case RENAMED ->
                    report.sourceOnly(
                            Rule.RENAMED,
                            location,
                            "The " + enumerant + " is now called " + now.get(i).getName() + ".");
                case SAME -> {}
            }
            if (i < now.size()) {
                annotations.onMember(old.get(i).getAnnotations(), now.get(i).getAnnotations(), location);
            }
        }
    }

    private static SortedMap<Integer, String> names(Iterable<Enumerant.Reader> enumerants) {
        SortedMap<Integer, String> names = new TreeMap<>();
        enumerants.forEach(enumerant -> names.put(names.size(), enumerant.getName()));
        return names;
    }

    private void constant(Node.Reader before, Node.Reader after, Location location) {
        boolean isSameType = types.isSame(
                before.getConst().getType(),
                after.getConst().getType(),
                new TypeComparison.Site(location, "constant " + Schemas.name(before)));
        if (!isSameType
                || !StructComparison.sameValue(
                        before.getConst().getValue(), after.getConst().getValue())) {
            report.sourceOnly(
                    Rule.CONSTANT_CHANGED,
                    location,
                    "The constant " + Schemas.name(before)
                            + " has another type or value; programs that were built before keep the old one.");
        }
    }

    private void annotation(Node.Reader before, Node.Reader after, Location location) {
        boolean isSameType = types.isSame(
                before.getAnnotation().getType(),
                after.getAnnotation().getType(),
                new TypeComparison.Site(location, "annotation " + Schemas.name(before)));
        List<String> lost = new ArrayList<>();
        Map<String, Boolean> now = targets(after.getAnnotation());
        targets(before.getAnnotation()).forEach((target, wasAllowed) -> {
            if (wasAllowed && !now.getOrDefault(target, false)) {
                lost.add(target);
            }
        });
        if (!isSameType || !lost.isEmpty()) {
            report.sourceOnly(
                    Rule.ANNOTATION_CHANGED,
                    location,
                    "The annotation " + Schemas.name(before)
                            + (isSameType
                                    ? " may no longer be used on: " + String.join(", ", lost) + "."
                                    : " takes a value of another type."));
        }
    }

    private static Map<String, Boolean> targets(Node.Annotation.Reader annotation) {
        Map<String, Boolean> targets = new LinkedHashMap<>();
        targets.put("file", annotation.getTargetsFile());
        targets.put("const", annotation.getTargetsConst());
        targets.put("enum", annotation.getTargetsEnum());
        targets.put("enumerant", annotation.getTargetsEnumerant());
        targets.put("struct", annotation.getTargetsStruct());
        targets.put("field", annotation.getTargetsField());
        targets.put("union", annotation.getTargetsUnion());
        targets.put("group", annotation.getTargetsGroup());
        targets.put("interface", annotation.getTargetsInterface());
        targets.put("method", annotation.getTargetsMethod());
        targets.put("param", annotation.getTargetsParam());
        targets.put("annotation", annotation.getTargetsAnnotation());
        return targets;
    }
}
