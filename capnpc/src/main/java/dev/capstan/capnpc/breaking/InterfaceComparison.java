package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.Method;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Superclass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares two versions of an interface: its methods by their numbers, their parameters and results, and what it extends. */
final class InterfaceComparison {
    /** The results of methods that are declared {@code -> stream}. */
    private static final long STREAM_RESULT = 0x995f9a3377c0b16eL;

    private final Schemas base;
    private final Schemas current;
    private final Counterparts counterparts;
    private final Report report;
    private final TypeComparison types;
    private final AnnotationComparison annotations;

    InterfaceComparison(
            Schemas base,
            Schemas current,
            Counterparts counterparts,
            Report report,
            TypeComparison types,
            AnnotationComparison annotations) {
        this.base = base;
        this.current = current;
        this.counterparts = counterparts;
        this.report = report;
        this.types = types;
        this.annotations = annotations;
    }

    void run(Node.Reader before, Node.Reader after) {
        superclasses(before, after);
        var old = before.getInterface().getMethods();
        var now = after.getInterface().getMethods();
        Numbering numbering = new Numbering(names(old), names(now));
        for (int i = 0; i < old.size(); i++) {
            String name = Schemas.name(before) + "." + old.get(i).getName();
            String method = "method " + name;
            Location location =
                    i < now.size() ? current.member(after, i, now.get(i).getName()) : current.location(after);
            switch (numbering.fate(i)) {
                case REMOVED ->
                    report.breaking(
                            Rule.METHOD_REMOVED,
                            location.of(name),
                            "Number " + i + ", " + method
                                    + ", is gone. Keep it; its name may be changed to tell that it is obsolete.");
                case RENUMBERED ->
                    report.breaking(
                            Rule.ORDINAL_CHANGED,
                            location.of(name),
                            "The number of " + method + " was " + i + " and is " + numbering.newNumber(i)
                                    + ". Give it its old number back.");
                case RENAMED -> {
                    report.sourceOnly(
                            Rule.RENAMED,
                            location,
                            "The " + method + " is now called " + now.get(i).getName() + ".");
                    method(method, old.get(i), now.get(i), location);
                }
                case SAME -> method(method, old.get(i), now.get(i), location);
            }
        }
    }

    private static SortedMap<Integer, String> names(Iterable<Method.Reader> methods) {
        SortedMap<Integer, String> names = new TreeMap<>();
        methods.forEach(method -> names.put(names.size(), method.getName()));
        return names;
    }

    private void method(String method, Method.Reader old, Method.Reader now, Location location) {
        annotations.onMember(old.getAnnotations(), now.getAnnotations(), location);
        if (now.getImplicitParameters().size() < old.getImplicitParameters().size()) {
            report.breaking(
                    Rule.TYPE_PARAMETER_CHANGED,
                    location,
                    "The " + method + " has fewer type parameters than before. Keep them all.");
        }
        boolean wasStream = old.getResultStructType() == STREAM_RESULT;
        if (wasStream != (now.getResultStructType() == STREAM_RESULT)) {
            report.sourceOnly(
                    Rule.METHOD_CHANGED,
                    location,
                    "The " + method + (wasStream ? " is no stream any more." : " is a stream now.")
                            + " Callers wait in another way.");
        }
        struct(
                method,
                "parameter",
                old.getParamStructType(),
                now.getParamStructType(),
                location,
                () -> types.brands(
                        old.getParamBrand(),
                        now.getParamStructType(),
                        now.getParamBrand(),
                        new TypeComparison.Site(location, "the parameters of " + method)));
        struct(
                method,
                "result",
                old.getResultStructType(),
                now.getResultStructType(),
                location,
                () -> types.brands(
                        old.getResultBrand(),
                        now.getResultStructType(),
                        now.getResultBrand(),
                        new TypeComparison.Site(location, "the results of " + method)));
    }

    /** Says whether the type arguments of a named struct are the same. */
    private interface Brands {
        boolean areCompatible();
    }

    /** A named struct is compared where it is declared; a list of parameters, or what has taken its place, here. */
    private void struct(String method, String role, long oldId, long nowId, Location location, Brands brands) {
        Node.Reader old = base.get(oldId);
        Node.Reader now = current.get(nowId);
        if (old.getScopeId() != 0 && now.getScopeId() != 0 && counterparts.areSame(oldId, nowId)) {
            if (!brands.areCompatible()) {
                report.breaking(
                        Rule.TYPE_CHANGED,
                        location,
                        "The " + role + "s of " + method + " have other type arguments. Keep the old ones.");
            }
            return;
        }
        boolean isOtherForm = (old.getScopeId() == 0) != (now.getScopeId() == 0) || old.getScopeId() != 0;
        if (isOtherForm && oldId != STREAM_RESULT && nowId != STREAM_RESULT) {
            report.sourceOnly(
                    Rule.METHOD_CHANGED,
                    location,
                    "The " + role + "s of " + method + " are another struct; generated code has other types now.");
        }
        new StructComparison(
                        report,
                        types,
                        annotations,
                        parameters(method, role, location),
                        new Layout(base, old),
                        new Layout(current, now))
                .run();
    }

    private StructComparison.Wording parameters(String method, String role, Location location) {
        return new StructComparison.Wording() {
            @Override
            public String member(String path) {
                return role + " " + path + " of " + method;
            }

            @Override
            public Location of(Layout.Group group, int index, String path) {
                Location member = current.member(group.node(), index, path);
                return new Location(
                        location.file(),
                        member.startByte() == 0 ? location.startByte() : member.startByte(),
                        location.declaration() + "." + path,
                        location.isInBase());
            }

            @Override
            public Location whole() {
                return location;
            }
        };
    }

    private void superclasses(Node.Reader before, Node.Reader after) {
        Map<Long, Superclass.Reader> all = closure(current, after);
        closure(base, before).forEach((id, lost) -> {
            if (all.keySet().stream().noneMatch(now -> counterparts.areSame(id, now))) {
                Node.Reader name = base.find(id);
                report.breaking(
                        Rule.SUPERCLASS_REMOVED,
                        current.location(after),
                        "The interface " + Schemas.name(before) + " no longer extends "
                                + (name == null ? "0x" + Long.toHexString(id) : Schemas.name(name))
                                + ", so calls of its methods fail. Keep it.");
            }
        });
        // An interface may extend a generic one more than once, with other arguments each time.
        List<Superclass.Reader> open = new ArrayList<>(after.getInterface().getSuperclasses());
        for (Superclass.Reader old : before.getInterface().getSuperclasses()) {
            Superclass.Reader now = open.stream()
                    .filter(candidate -> counterparts.areSame(old.getId(), candidate.getId()))
                    .findFirst()
                    .orElse(null);
            open.remove(now);
            if (now != null
                    && !types.brands(
                            old.getBrand(),
                            now.getId(),
                            now.getBrand(),
                            new TypeComparison.Site(current.location(after), "superclass of " + Schemas.name(after)))) {
                report.breaking(
                        Rule.TYPE_CHANGED,
                        current.location(after),
                        "The interface " + Schemas.name(before)
                                + " extends a generic interface with other type arguments. Keep the old ones.");
            }
        }
    }

    /** What an interface extends, directly or not. */
    private static Map<Long, Superclass.Reader> closure(Schemas schemas, Node.Reader type) {
        Map<Long, Superclass.Reader> found = new LinkedHashMap<>();
        Deque<Node.Reader> open = new ArrayDeque<>();
        open.add(type);
        while (!open.isEmpty()) {
            for (Superclass.Reader superclass :
                    open.removeFirst().getInterface().getSuperclasses()) {
                if (found.putIfAbsent(superclass.getId(), superclass) == null) {
                    Node.Reader node = schemas.find(superclass.getId());
                    if (node != null && node.isInterface()) {
                        open.add(node);
                    }
                }
            }
        }
        return found;
    }
}
