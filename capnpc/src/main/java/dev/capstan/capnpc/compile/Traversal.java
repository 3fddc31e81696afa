package dev.capstan.capnpc.compile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finishes what a requested file needs, in the order in which the C++ compiler does: the file's declarations, all types that they mention,
 * and all scopes around those. Nodes of imported files that nobody mentions are neither finished nor told.
 *
 * <p>The order of visits matters, as the nodes of a request are ordered by it; so a stack of visits stands for the recursion, which a
 * chain of types as long as a file would overflow.
 */
final class Traversal {
    /** Why a node is visited: as part of the file, or because something mentions it. */
    private enum Reason {
        REQUESTED,
        MENTIONED
    }

    private record Visit(Node node, Reason reason) {}

    private final Program program;
    private final LoadOrder order;
    private final Map<Node, Integer> seen = new HashMap<>();
    private final Deque<Visit> pending = new ArrayDeque<>();
    private final List<Visit> next = new ArrayList<>();

    Traversal(Program program, LoadOrder order) {
        this.program = program;
        this.order = order;
    }

    void visitFile(Node file) {
        pending.push(new Visit(file, Reason.REQUESTED));
        while (!pending.isEmpty() && !program.problems().isFull()) {
            Visit visit = pending.pop();
            next.clear();
            visit(visit.node(), visit.reason());
            for (Visit later : next.reversed()) {
                pending.push(later);
            }
        }
    }

    private void visit(Node node, Reason reason) {
        int flag = reason == Reason.REQUESTED ? 1 : 2;
        int before = seen.getOrDefault(node, 0);
        if ((before & flag) != 0) {
            return;
        }
        seen.put(node, before | flag);
        Content content = node.finished();
        if (content != null) {
            order.load(node, content);
            addMentioned(content);
        }
        if (reason == Reason.MENTIONED) {
            add(node.parent());
        } else {
            node.children().forEach(child -> next.add(new Visit(child, Reason.REQUESTED)));
            node.aliases().forEach(Alias::resolve);
        }
    }

    private void add(@Nullable Node node) {
        if (node != null) {
            next.add(new Visit(node, Reason.MENTIONED));
        }
    }

    private void addMentioned(Content content) {
        switch (content.body()) {
            case Content.File file -> {}
            case Content.Const constant -> add(constant.value().type());
            case Content.Annotation annotation -> add(annotation.type());
            case Content.Enumeration body -> body.enumerants().forEach(enumerant -> add(enumerant.annotations()));
            case Content.StructBody body -> add(body.struct());
            case Content.Interface body -> {
                for (Content.Superclass superclass : body.superclasses()) {
                    add(superclass.node());
                    add(superclass.brand());
                }
                for (Content.Method method : body.methods()) {
                    add(program.node(method.parameters().structId()));
                    add(method.parameters().brand());
                    add(program.node(method.results().structId()));
                    add(method.results().brand());
                    add(method.annotations());
                }
            }
        }
        add(content.annotations());
        content.parts().forEach(this::add);
    }

    private void add(Struct struct) {
        for (Field field : struct.fields()) {
            if (field.group() == null) {
                add(field.type());
            }
            add(field.annotations());
        }
    }

    private void add(List<Applied> annotations) {
        annotations.forEach(applied -> add(applied.annotation()));
    }

    private void add(Type type) {
        switch (type) {
            case Type.ListOf list -> add(list.element());
            case Type.Named named -> {
                add(named.node());
                add(named.brand());
            }
            case Type.Simple simple -> {}
            case Type.Parameter parameter -> {}
            case Type.Implicit implicit -> {}
        }
    }

    private void add(Brand brand) {
        for (Brand.Scope scope : brand.scopes()) {
            List<Type> arguments = scope.arguments();
            if (arguments != null) {
                arguments.forEach(this::add);
            }
        }
    }
}
