package dev.capstan.capnpc.compile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of nodes in the request. The C++ compiler writes them as its schema loader came to know their ids, which is often when
 * something that mentions them was loaded, before they were. Nothing depends on that order but comparing outputs.
 */
final class LoadOrder {
    /** A node of the request: a declaration, or a struct that is part of one. */
    sealed interface Loaded {}

    record Whole(Node node, Content content) implements Loaded {}

    record Part(Struct struct, Node owner) implements Loaded {}

    record Unknown() implements Loaded {}

    private final Map<Long, Loaded> known = new LinkedHashMap<>();
    private final Set<Long> loaded = new HashSet<>();

    /** All that was loaded. */
    List<Loaded> nodes() {
        List<Loaded> nodes = new ArrayList<>(loaded.size());
        for (Loaded node : known.values()) {
            if (!(node instanceof Unknown)) {
                nodes.add(node);
            }
        }
        return nodes;
    }

    /** Parts are loaded before the whole; a second time makes no difference. */
    void load(Node node, Content content) {
        if (!loaded.add(node.id())) {
            return;
        }
        for (Struct part : content.parts()) {
            mention(part);
            known.put(part.id(), new Part(part, node));
        }
        mention(content);
        known.put(node.id(), new Whole(node, content));
    }

    private void mention(Content content) {
        switch (content.body()) {
            case Content.StructBody body -> mention(body.struct());
            case Content.Const constant -> mention(constant.value().type());
            case Content.Annotation annotation -> mention(annotation.type());
            case Content.Interface body -> {
                for (Content.Superclass superclass : body.superclasses()) {
                    mention(superclass.node().id());
                    mention(superclass.brand());
                }
                for (Content.Method method : body.methods()) {
                    mention(method.parameters().structId());
                    mention(method.parameters().brand());
                    mention(method.results().structId());
                    mention(method.results().brand());
                }
            }
            case Content.Enumeration body -> {}
            case Content.File file -> {}
        }
    }

    private void mention(Struct struct) {
        for (Field field : struct.fields()) {
            Struct group = field.group();
            if (group != null) {
                mention(group.id());
            } else {
                mention(field.type());
            }
        }
        if (struct.isGroup()) {
            mention(struct.scopeId());
        }
    }

    private void mention(Type type) {
        switch (type) {
            case Type.ListOf list -> mention(list.element());
            case Type.Named named -> {
                mention(named.node().id());
                mention(named.brand());
            }
            case Type.Simple simple -> {}
            case Type.Parameter parameter -> {}
            case Type.Implicit implicit -> {}
        }
    }

    private void mention(Brand brand) {
        for (Brand.Scope scope : brand.scopes()) {
            List<Type> arguments = scope.arguments();
            if (arguments != null) {
                arguments.forEach(this::mention);
            }
        }
    }

    private void mention(long id) {
        known.putIfAbsent(id, new Unknown());
    }
}
