package dev.capstan.capnweb.il;

import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.Writable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program that is being written. Each operation is given a name in the block where it is made, so that it is done once and in its order however often its value is used; blocks are the whole, the
 * branches of choices and the bodies of loops. Nesting is that of blocks, so that long programs do not nest deeply.
 */
final class Recording {
    private final List<@Nullable Object> captures = new ArrayList<>();
    private final IdentityHashMap<Object, Expr> captured = new IdentityHashMap<>();
    private @Nullable Block current;
    private int names;
    private boolean ended;

    /** Operations that are done one after the other, each with its name. */
    static final class Block {
        private final @Nullable Block outer;
        private final List<@Nullable Object> pairs = new ArrayList<>();

        Block(@Nullable Block outer) {
            this.outer = outer;
        }
    }

    /** What {@code body} does, as one expression. */
    Object block(Supplier<? extends @Nullable Object> body) {
        Block before = current;
        Block block = new Block(before);
        current = block;
        try {
            Object result = written(body.get());
            if (block.pairs.isEmpty()) {
                return expression(result);
            }
            Object last = block.pairs.getLast();
            if (last instanceof List<?> pair && List.of("var", pair.get(0)).equals(result)) {
                // The result is what was done last: it needs no name.
                block.pairs.removeLast();
                Object code = expression(pair.get(1));
                return block.pairs.isEmpty() ? code : List.of("let", block.pairs, code);
            }
            return list("let", block.pairs, result);
        } finally {
            current = before;
        }
    }

    /** Null has no place in {@link Supplier}s of code; a literal does. */
    private static Object expression(@Nullable Object code) {
        return code == null ? list("literal", code) : code;
    }

    /** The program is complete: nothing more is written. Gives what it captures. */
    List<@Nullable Object> end() {
        ended = true;
        return captures;
    }

    private static List<@Nullable Object> list(@Nullable Object... elements) {
        return new ArrayList<>(Arrays.asList(elements));
    }

    private Block current() {
        Block block = current;
        if (ended || block == null) {
            throw new IllegalStateException("this program is complete: use its expressions inside of Program.of only");
        }
        return block;
    }

    // ---- expressions

    /** A name that no other value has. */
    String name() {
        return "v" + names++;
    }

    Expr named(String name) {
        return new Expr(this, List.of("var", name), current());
    }

    Expr operation(String tag, @Nullable Object... operands) {
        return operation(tag, Arrays.asList(operands));
    }

    Expr operation(String tag, List<? extends @Nullable Object> operands) {
        List<@Nullable Object> code = list(tag);
        code.addAll(operands);
        return made(code);
    }

    /** What is done now, in its order; {@code code} is an expression. */
    Expr made(@Nullable Object code) {
        Block block = current();
        String name = name();
        block.pairs.add(list(name, code));
        return new Expr(this, List.of("var", name), block);
    }

    Expr call(Expr target, Object path, @Nullable Object... arguments) {
        List<@Nullable Object> operands = list(written(target), path);
        operands.addAll(allWritten(arguments));
        return operation("call", operands);
    }

    Expr capture(Object value) {
        current();
        return captured.computeIfAbsent(value, one -> {
            captures.add(one);
            return new Expr(this, List.of("capture", (long) captures.size() - 1), null);
        });
    }

    Expr repeat(
            Map<String, ? extends @Nullable Object> start,
            Function<Map<String, Expr>, ? extends @Nullable Object> condition,
            Function<Map<String, Expr>, ? extends Map<String, ? extends @Nullable Object>> next) {
        Map<String, String> names = new LinkedHashMap<>();
        List<@Nullable Object> first = new ArrayList<>();
        start.forEach((member, value) -> {
            String name = name();
            names.put(member, name);
            first.add(list(name, written(value)));
        });
        Object test = block(() -> condition.apply(state(names)));
        Object round = block(() -> {
            Map<String, Expr> state = state(names);
            Map<String, @Nullable Object> all = new LinkedHashMap<>(state);
            next.apply(state).forEach((member, value) -> {
                if (!names.containsKey(member)) {
                    throw new IllegalArgumentException("the loop did not begin with '" + member + "'");
                }
                all.put(member, value);
            });
            return new ArrayList<>(all.values());
        });
        Map<String, @Nullable Object> last = new LinkedHashMap<>();
        names.forEach((member, name) -> last.put(member, List.of("var", name)));
        return operation("while", first, test, round, last);
    }

    private Map<String, Expr> state(Map<String, String> names) {
        Map<String, Expr> state = new LinkedHashMap<>();
        names.forEach((member, name) -> state.put(member, named(name)));
        return state;
    }

    // ---- values

    List<@Nullable Object> allWritten(@Nullable Object... values) {
        List<@Nullable Object> all = new ArrayList<>(values.length);
        for (Object value : values) {
            all.add(written(value));
        }
        return all;
    }

    /** A tree of values with expressions in it, as an expression. */
    @Nullable
    Object written(@Nullable Object value) {
        return switch (value) {
            case Expr expr -> known(expr);
            case Stub stub -> capture(stub).code();
            case Readable stream -> throw unwritten(stream);
            case Writable stream -> throw unwritten(stream);
            case Object[] array -> written(Arrays.asList(array));
            case List<?> list -> {
                List<@Nullable Object> code = list("list");
                list.forEach(each -> code.add(written(each)));
                yield code;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> code = new LinkedHashMap<>();
                map.forEach((name, member) -> code.put((String) name, written(member)));
                yield code;
            }
            case Integer n -> n.longValue();
            case Short n -> n.longValue();
            case Byte n -> n.longValue();
            case Float n -> n.doubleValue();
            case Supplier<?> function -> throw unwritten(function);
            case Function<?, ?> function -> throw unwritten(function);
            case null, default -> value;
        };
    }

    private static IllegalArgumentException unwritten(Object value) {
        return new IllegalArgumentException(value.getClass().getName()
                + " is no value of a program: make a Stub of it before, or capture it with use()");
    }

    private Object known(Expr expr) {
        if (expr.recording() != this) {
            throw new IllegalStateException("this expression belongs to another program");
        }
        if (expr.block() != null) {
            for (Block block = current(); block != expr.block(); block = block.outer) {
                if (block.outer == null) {
                    throw new IllegalStateException(
                            "this value exists only inside of the branch or loop where it was made: let that return it");
                }
            }
        }
        return expr.code();
    }
}
