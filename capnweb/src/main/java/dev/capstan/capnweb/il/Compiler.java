package dev.capstan.capnweb.il;

import dev.capstan.cap.Path;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.TypedBytes;
import dev.capstan.capnweb.Url;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks a program and lays it out as steps one after the other, so that running it needs no stack of ours: expressions are gone into here alone, no deeper than {@link Budget#nesting}.
 *
 * <p>{@code docs/il.md} is the grammar. What it does not have is refused by its name and its place.
 */
final class Compiler {
    private static final int LONGEST_NAME = 64;

    private final Spending spending;
    private final int captures;
    private final List<Op> ops = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    /** Names that are known here, innermost last; the index is the slot. */
    private final List<String> names = new ArrayList<>();

    private int slots;
    private int expressions;

    private Compiler(Spending spending, int captures) {
        this.spending = spending;
        this.captures = captures;
    }

    /** A fault, with the place where it is. */
    private static final class Misplaced extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Wrong wrong;
        private final transient Place place;

        Misplaced(Wrong wrong, Place place) {
            super(wrong.getMessage(), null, false, false);
            this.wrong = wrong;
            this.place = place;
        }
    }

    /** @param captures how many there are */
    static Code compile(@Nullable Object program, int captures, Spending spending) {
        Compiler compiler = new Compiler(spending, captures);
        try {
            compiler.expression(program, Place.whole(), 1);
        } catch (Misplaced e) {
            throw e.wrong.at(e.place);
        }
        return new Code(compiler.ops, compiler.places, compiler.slots);
    }

    private static Misplaced wrong(Place place, String what) {
        return new Misplaced(Wrong.type(what), place);
    }

    private void emit(Op op, Place place) {
        ops.add(op);
        places.add(place);
    }

    /** Keeps room for a jump to what is not laid out yet. */
    private int room(Place place) {
        emit(new Op.Drop(), place);
        return ops.size() - 1;
    }

    private void expression(@Nullable Object node, Place place, int depth) {
        try {
            spending.checkDepth(depth);
            if (++expressions > spending.budget().expressions()) {
                throw Wrong.tooMuch(
                        "the program has more expressions",
                        "expressions",
                        spending.budget().expressions());
            }
        } catch (Wrong e) {
            throw new Misplaced(e, place);
        }
        switch (node) {
            case List<?> list -> operation(list, place, depth);
            case Map<?, ?> map -> record(map, place, depth);
            case null, default -> emit(new Op.Push(value(node, place)), place);
        }
    }

    private void record(Map<?, ?> map, Place place, int depth) {
        List<String> members = new ArrayList<>(map.size());
        for (Map.Entry<?, ?> member : map.entrySet()) {
            if (!(member.getKey() instanceof String name)) {
                throw wrong(place, "a record has names for its members");
            }
            members.add(name);
            expression(member.getValue(), place.in(name), depth + 1);
        }
        emit(new Op.MakeRecord(members), place);
    }

    /** What stands for itself. */
    private static @Nullable Object value(@Nullable Object leaf, Place place) {
        return switch (leaf) {
            case Integer n -> n.longValue();
            case Long n -> n;
            case Double n -> n;
            case Boolean truth -> truth;
            case String text -> text;
            case BigInteger n -> n;
            case Instant date -> date;
            case JsValue one -> one;
            case byte[] content -> content;
            case TypedBytes typed -> typed;
            case Url url -> url;
            case null -> null;
            default -> throw wrong(place, Operator.kind(leaf) + " is no part of a program: pass it in the captures");
        };
    }

    // ---- operations

    private void operation(List<?> list, Place place, int depth) {
        if (list.isEmpty() || !(list.getFirst() instanceof String tag)) {
            throw wrong(
                    place,
                    "a list is an operation and begins with its name; a list of values is [\"list\", ...] or [\"literal\", [...]]");
        }
        switch (tag) {
            case "literal" -> literal(list, place, depth);
            case "list" -> {
                parts(list, 1, place, depth);
                emit(new Op.MakeList(list.size() - 1), place);
            }
            case "concat" -> {
                parts(list, 1, place, depth);
                emit(new Op.Concat(list.size() - 1), place);
            }
            case "capture" -> capture(list, place);
            case "get" -> {
                least(list, 2, place);
                parts(list, 1, place, depth);
                emit(new Op.Get(list.size() - 2), place);
            }
            case "call" -> call(list, place, depth);
            case "var" -> variable(list, place);
            case "let" -> let(list, place, depth);
            case "do" -> all(list, place, depth);
            case "if" -> choice(list, place, depth);
            case "and" -> logic(list, false, place, depth);
            case "or" -> logic(list, true, place, depth);
            case "for" -> loop(list, place, depth);
            case "while" -> bounded(list, place, depth);
            case "not" -> one(list, new Op.Not(), place, depth);
            case "neg" -> one(list, new Op.Negate(), place, depth);
            case "size" -> one(list, new Op.Size(), place, depth);
            case "fail" -> one(list, new Op.Fail(), place, depth);
            default -> {
                Operator operator = Operator.of(tag);
                if (operator == null) {
                    throw new Misplaced(Wrong.unknown("unknown operation '" + Wrong.excerpt(tag) + "'"), place);
                }
                exactly(list, 2, place);
                parts(list, 1, place, depth);
                emit(new Op.Two(operator), place);
            }
        }
    }

    private static String tag(List<?> list) {
        return Objects.requireNonNull((String) list.getFirst());
    }

    private static void exactly(List<?> list, int operands, Place place) {
        if (list.size() != operands + 1) {
            throw wrong(place, "'" + tag(list) + "' has " + operands + " operands, not " + (list.size() - 1));
        }
    }

    private static void least(List<?> list, int operands, Place place) {
        if (list.size() <= operands) {
            throw wrong(place, "'" + tag(list) + "' has at least " + operands + " operands, not " + (list.size() - 1));
        }
    }

    private void parts(List<?> list, int from, Place place, int depth) {
        for (int i = from; i < list.size(); i++) {
            expression(list.get(i), place.in(i), depth + 1);
        }
    }

    private void one(List<?> list, Op op, Place place, int depth) {
        exactly(list, 1, place);
        parts(list, 1, place, depth);
        emit(op, place);
    }

    private void literal(List<?> list, Place place, int depth) {
        exactly(list, 1, place);
        Object value = list.get(1);
        try {
            spending.checkDepth(depth);
            spending.whole(value, part -> {});
        } catch (Wrong e) {
            throw new Misplaced(e, place);
        }
        plain(value, place.in(1));
        emit(new Op.Push(value), place);
    }

    /** Nothing in a literal can be called. */
    private static void plain(@Nullable Object value, Place place) {
        switch (value) {
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    plain(list.get(i), place.in(i));
                }
            }
            case Map<?, ?> map -> map.forEach((name, member) -> plain(member, place.in(name)));
            case null, default -> value(value, place);
        }
    }

    private void capture(List<?> list, Place place) {
        exactly(list, 1, place);
        if (!(list.get(1) instanceof Number index) || !isIndex(index)) {
            throw wrong(place, "a capture is named by its index, from 0 on");
        }
        if (index.longValue() >= captures) {
            throw wrong(place, "there is no capture " + index + "; " + captures + " were passed");
        }
        emit(new Op.Capture(index.intValue()), place);
    }

    private static boolean isIndex(Object step) {
        return (step instanceof Long || step instanceof Integer)
                && step instanceof Number n
                && n.longValue() >= 0
                && n.longValue() <= Integer.MAX_VALUE;
    }

    private void call(List<?> list, Place place, int depth) {
        least(list, 2, place);
        expression(list.get(1), place.in(1), depth + 1);
        Path.Names path = path(list.get(2), place.in(2));
        parts(list, 3, place, depth);
        emit(new Op.Call(path, list.size() - 3), place);
    }

    private static Path.Names path(@Nullable Object node, Place place) {
        List<?> steps = node instanceof List<?> list ? list : node instanceof String name ? List.of(name) : null;
        if (steps == null) {
            throw wrong(place, "what is called is named by a text or by a list of texts and indexes");
        }
        List<Object> path = new ArrayList<>(steps.size());
        for (Object step : steps) {
            if (step instanceof String name) {
                path.add(name);
            } else if (step != null && isIndex(step)) {
                path.add(((Number) step).intValue());
            } else {
                throw wrong(place, "a step to what is called is a text or an index from 0 on");
            }
        }
        return new Path.Names(path);
    }

    // ---- names

    private static String name(@Nullable Object node, Place place) {
        if (!(node instanceof String name) || name.isEmpty() || name.length() > LONGEST_NAME || !isName(name)) {
            throw wrong(
                    place,
                    "a name is a text of at most " + LONGEST_NAME
                            + " letters of ASCII, digits and underscores that begins with no digit");
        }
        return name;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            if (!isLetter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }

    /** From here on until {@link #forget}. */
    private int know(String name) {
        names.add(name);
        slots = Math.max(slots, names.size());
        return names.size() - 1;
    }

    private void forget(int known) {
        names.subList(known, names.size()).clear();
    }

    private int slot(String name, Place place) {
        int slot = names.lastIndexOf(name);
        if (slot < 0) {
            throw wrong(place, "the name '" + name + "' is not known here");
        }
        return slot;
    }

    private void variable(List<?> list, Place place) {
        exactly(list, 1, place);
        emit(new Op.Load(slot(name(list.get(1), place.in(1)), place)), place);
    }

    private static List<?> pairs(@Nullable Object node, Place place) {
        if (node instanceof List<?> list) {
            for (Object each : list) {
                if (!(each instanceof List<?> pair) || pair.size() != 2) {
                    throw wrong(place, "names are given in pairs, as in [[\"a\", 1], [\"b\", 2]]");
                }
            }
            return list;
        }
        throw wrong(place, "names are given in a list of pairs, as in [[\"a\", 1], [\"b\", 2]]");
    }

    /** Each name is known to those that follow. */
    private void bind(List<?> pairs, Place place, int depth) {
        for (int i = 0; i < pairs.size(); i++) {
            List<?> pair = (List<?>) Objects.requireNonNull(pairs.get(i));
            Place at = place.in(i);
            String name = name(pair.get(0), at.in(0));
            expression(pair.get(1), at.in(1), depth + 1);
            emit(new Op.Store(know(name)), at);
        }
    }

    private void let(List<?> list, Place place, int depth) {
        exactly(list, 2, place);
        int known = names.size();
        bind(pairs(list.get(1), place.in(1)), place.in(1), depth);
        expression(list.get(2), place.in(2), depth + 1);
        forget(known);
    }

    private void all(List<?> list, Place place, int depth) {
        least(list, 1, place);
        for (int i = 1; i < list.size(); i++) {
            if (i > 1) {
                emit(new Op.Drop(), place);
            }
            expression(list.get(i), place.in(i), depth + 1);
        }
    }

    // ---- choices and loops

    private void choice(List<?> list, Place place, int depth) {
        exactly(list, 3, place);
        expression(list.get(1), place.in(1), depth + 1);
        int otherwise = room(place.in(1));
        expression(list.get(2), place.in(2), depth + 1);
        int end = room(place);
        ops.set(otherwise, new Op.Unless(ops.size()));
        expression(list.get(3), place.in(3), depth + 1);
        ops.set(end, new Op.Jump(ops.size()));
    }

    /** One operand after the other, until one is {@code decides}. */
    private void logic(List<?> list, boolean decides, Place place, int depth) {
        least(list, 1, place);
        List<Integer> decided = new ArrayList<>();
        int last = list.size() - 1;
        for (int i = 1; i < last; i++) {
            expression(list.get(i), place.in(i), depth + 1);
            if (decides) {
                emit(new Op.Not(), place.in(i));
            }
            decided.add(room(place.in(i)));
        }
        expression(list.get(last), place.in(last), depth + 1);
        emit(new Op.Check(), place.in(last));
        int end = room(place);
        decided.forEach(each -> ops.set(each, new Op.Unless(ops.size())));
        emit(new Op.Push(decides), place);
        ops.set(end, new Op.Jump(ops.size()));
    }

    private void loop(List<?> list, Place place, int depth) {
        boolean chooses = list.size() == 5;
        if (!chooses) {
            exactly(list, 3, place);
        }
        String name = name(list.get(1), place.in(1));
        expression(list.get(2), place.in(2), depth + 1);
        emit(new Op.Begin(), place.in(2));
        int known = names.size();
        int slot = know(name);
        int round = ops.size();
        int next = room(place);
        emit(new Op.Round(), place);
        if (chooses) {
            expression(list.get(4), place.in(4), depth + 1);
            emit(new Op.Unless(round), place.in(4));
        }
        expression(list.get(3), place.in(3), depth + 1);
        emit(new Op.Add(), place);
        emit(new Op.Jump(round), place);
        ops.set(next, new Op.Next(slot, ops.size()));
        forget(known);
    }

    private void bounded(List<?> list, Place place, int depth) {
        exactly(list, 4, place);
        int known = names.size();
        bind(pairs(list.get(1), place.in(1)), place.in(1), depth);
        int round = ops.size();
        expression(list.get(2), place.in(2), depth + 1);
        int end = room(place.in(2));
        emit(new Op.Round(), place);
        expression(list.get(3), place.in(3), depth + 1);
        emit(new Op.Assign(known, names.size() - known), place.in(3));
        emit(new Op.Jump(round), place);
        ops.set(end, new Op.Unless(ops.size()));
        expression(list.get(4), place.in(4), depth + 1);
        forget(known);
    }
}
