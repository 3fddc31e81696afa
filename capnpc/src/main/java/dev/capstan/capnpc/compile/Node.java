package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Name;
import dev.capstan.capnpc.syntax.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A declaration that becomes a node of the request, and a scope for what is declared inside it. The tree of nodes is built at once; what
 * each says is worked out when it is first asked for, in two steps: types and simple values first, then values that need other
 * declarations' types. So declarations can refer to one another in circles, but not depend on their own values.
 */
final class Node implements Referent {
    private enum State {
        NEW,
        TRANSLATING,
        TRANSLATED,
        FINISHING,
        FINISHED,
        BROKEN
    }

    private final Program program;
    private final ParsedFile module;
    private final @Nullable Node parent;
    private final Declaration declaration;
    private final Kind kind;
    private final String displayName;
    private final long id;
    private final List<Node> children = new ArrayList<>();
    private final Map<String, Node> childByName = new LinkedHashMap<>();
    private final Map<String, Alias> aliases = new LinkedHashMap<>();
    private State state = State.NEW;
    private @Nullable Content content;

    /** The node of a file, with all nodes inside it. */
    Node(Program program, ParsedFile module) {
        this(program, module, null, module.file(), Kind.FILE, module.path());
    }

    private Node(
            Program program,
            ParsedFile module,
            @Nullable Node parent,
            Declaration declaration,
            Kind kind,
            String displayName) {
        this.program = program;
        this.module = module;
        this.parent = parent;
        this.declaration = declaration;
        this.kind = kind;
        this.displayName = displayName;
        long own = declaration.id() != null
                ? declaration.id().value()
                : Ids.ofChild(parent == null ? 0 : parent.id, declaration.name().text());
        id = program.register(own, this);
        String separator = parent == null ? ":" : ".";
        for (Declaration inside : declaration.inside()) {
            String name = inside.name().text();
            if (inside.body() instanceof Declaration.Using using) {
                aliases.putIfAbsent(name, new Alias(this, inside.name(), using.target()));
            } else {
                Kind childKind = kind(inside.body());
                if (childKind != null) {
                    Node child = new Node(program, module, this, inside, childKind, displayName + separator + name);
                    children.add(child);
                    childByName.putIfAbsent(name, child);
                }
            }
        }
    }

    private static @Nullable Kind kind(Declaration.Body body) {
        return switch (body) {
            case Declaration.Plain.STRUCT -> Kind.STRUCT;
            case Declaration.Plain.ENUM -> Kind.ENUM;
            case Declaration.Interface type -> Kind.INTERFACE;
            case Declaration.Const constant -> Kind.CONST;
            case Declaration.Annotation annotation -> Kind.ANNOTATION;
            default -> null;
        };
    }

    Program program() {
        return program;
    }

    ParsedFile module() {
        return module;
    }

    @Override
    public @Nullable Node parent() {
        return parent;
    }

    /** The node of the file. */
    Node top() {
        Node top = this;
        while (top.parent != null) {
            top = top.parent;
        }
        return top;
    }

    Declaration declaration() {
        return declaration;
    }

    Kind kind() {
        return kind;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int parameterCount() {
        return declaration.parameters().size();
    }

    @Override
    public String text() {
        return parent == null ? displayName : declaration.name().text();
    }

    /** File, colon, and the names down to this one. */
    String displayName() {
        return displayName;
    }

    /**
     * How many bytes of the display name come before this node's own name. For a file too it is what ends with the last dot: code
     * generators have lived with that for so long that it stays.
     */
    int prefixLength() {
        int dot = displayName.lastIndexOf('.') + 1;
        int colon = displayName.lastIndexOf(':');
        int prefix = colon > dot ? colon + 1 : dot;
        return displayName.substring(0, prefix).getBytes(StandardCharsets.UTF_8).length;
    }

    /** The nodes inside, in order. */
    List<Node> children() {
        return children;
    }

    Iterable<Alias> aliases() {
        return aliases.values();
    }

    /** What {@link #resolveMember} finds, for suggestions: declarations and, where asked for, aliases, in the order in which they are written. */
    void addMembers(List<String> names, boolean withAliases) {
        names.addAll(childByName.keySet());
        if (withAliases) {
            names.addAll(aliases.keySet());
        }
    }

    /** What {@link #resolve} finds in this scope and those around it, for suggestions; the nearest first. */
    void addNames(List<String> names) {
        for (Node scope = this; scope != null; scope = scope.parent) {
            scope.addMembers(names, true);
            scope.declaration.parameters().forEach(parameter -> names.add(parameter.text()));
        }
        names.addAll(Builtin.BY_NAME.keySet());
    }

    /** What a name means within this declaration: looked up in it, then in those around it. */
    @Nullable
    Resolved resolve(String name) {
        for (Node scope = this; scope != null; scope = scope.parent) {
            Resolved member = scope.resolveMember(name);
            if (member != null) {
                return member;
            }
            List<Name> parameters = scope.declaration.parameters();
            for (int i = 0; i < parameters.size(); i++) {
                if (parameters.get(i).text().equals(name)) {
                    return new Resolved.Parameter(scope.id, i);
                }
            }
        }
        Builtin builtin = Builtin.BY_NAME.get(name);
        return builtin == null ? null : new Resolved.Found(builtin, 0, null);
    }

    /** What a name means as a member of this declaration. */
    @Nullable
    Resolved resolveMember(String name) {
        Node child = childByName.get(name);
        if (child != null) {
            return new Resolved.Found(child, id, null);
        }
        Alias alias = aliases.get(name);
        return alias == null ? null : alias.resolve();
    }

    /** Types and simple values are there; null after a problem, such as that they depend on themselves. */
    @Nullable
    Content content() {
        if (state == State.NEW) {
            state = State.TRANSLATING;
            if (program.budget().enter()) {
                content = new Translator(this).translate();
                state = State.TRANSLATED;
            } else {
                problem("Too many declarations wait for this one to be known.", "Shorten the chain of constants.");
                state = State.BROKEN;
            }
            program.budget().leave();
        } else if (state == State.TRANSLATING) {
            problem("The declaration depends on itself.", "Give its value without naming what is made of it.");
        }
        return content;
    }

    /** Everything is there; null after a problem. */
    @Nullable
    Content finished() {
        Content translated = content();
        if (translated == null) {
            return null;
        }
        if (state == State.TRANSLATED) {
            state = State.FINISHING;
            if (program.budget().enter()) {
                translated.finish();
                state = State.FINISHED;
            } else {
                problem("Too many declarations wait for the value of this one.", "Shorten the chain of constants.");
                state = State.BROKEN;
            }
            program.budget().leave();
        } else if (state == State.FINISHING) {
            problem("The value depends on itself.", "Write one of the values in the circle out.");
            return null;
        }
        return translated;
    }

    /** A problem with the declaration as such. */
    void problem(String message, String hint) {
        Name name = declaration.name();
        Span span = name.text().isEmpty() ? declaration.span() : name.span();
        module.problem(span, message, hint);
    }
}
