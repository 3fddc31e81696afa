package dev.capstan.capnweb.il;

import dev.capstan.async.Loop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.capnweb.WebException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one program, on the loop's thread. It goes on until an operation needs a value that is not there, or has done as much as one turn allows; all that it is then is a few lists.
 *
 * <p>It ends when its last operation and all calls have ended, when something fails, or when it is given up; whichever is first.
 */
final class Machine implements Calls.Owner {
    /** Others want to use the loop, too. */
    static final int STEPS_A_TURN = 1_000;

    private final Loop loop;
    private final Code code;
    private final List<?> captures;
    private final Spending spending;
    private final Listener listener;
    private final Calls calls;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final @Nullable Object[] slots;
    private int next;
    /** The operation at {@link #next} has begun before. */
    private boolean isAgain;

    private boolean waitsForRoom;
    private boolean over;

    /** How it went; told at most once, and after that nothing is left of the program. */
    interface Listener {
        /** Borrows {@code result}. */
        void succeeded(@Nullable Object result);

        void failed(Failure failure);
    }

    /** @param captures trees of values with stubs in them, which are borrowed until the end */
    Machine(Loop loop, Code code, List<?> captures, Spending spending, Listener listener) {
        this.loop = loop;
        this.code = code;
        this.captures = captures;
        this.spending = spending;
        this.listener = listener;
        this.calls = new Calls(loop, spending, this);
        this.slots = new Object[code.slots()];
    }

    /** {@code one} is closed when the program has ended. */
    void owns(AutoCloseable one) {
        calls.owns(one);
    }

    /** Nobody wants to know the result. */
    void giveUp() {
        over = true;
        calls.close();
    }

    void proceed() {
        long until = spending.steps() + STEPS_A_TURN;
        while (!over && next < code.ops().size()) {
            if (spending.steps() >= until) {
                loop.post(this::proceed);
                return;
            }
            Op op = code.ops().get(next);
            Place place = code.places().get(next);
            try {
                if (!isAgain) {
                    spending.step();
                }
                next++;
                isAgain = !done(op, place);
            } catch (Wrong e) {
                failed(e.at(place));
                return;
            } catch (Failure | WebException e) {
                failed(Failure.of(e));
                return;
            }
            if (isAgain) {
                next--;
                return;
            }
        }
        finish();
    }

    private void finish() {
        if (over || next < code.ops().size() || !calls.areOver()) {
            return;
        }
        try {
            Object result = stack.getLast();
            spending.whole(result, part -> {});
            listener.succeeded(Calls.settled(result));
        } catch (Wrong e) {
            failed(e.at(Place.whole()));
            return;
        } catch (Failure | WebException e) {
            failed(Failure.of(e));
            return;
        }
        over = true;
        calls.close();
    }

    @Override
    public void ended() {
        if (waitsForRoom) {
            waitsForRoom = false;
            proceed();
        } else {
            finish();
        }
    }

    @Override
    public void failed(Failure failure) {
        if (!over) {
            over = true;
            calls.close();
            listener.failed(failure);
        }
    }

    // ---- operands

    private @Nullable Object pop() {
        return stack.removeLast();
    }

    private void push(@Nullable Object value) {
        stack.add(value);
    }

    /** Whether the topmost operands are there; if not, the operation begins again when the first of them is. */
    private boolean areThere(int count) {
        for (int i = stack.size() - count; i < stack.size(); i++) {
            if (stack.get(i) instanceof Later later) {
                if (!later.isKnown()) {
                    later.whenKnown(this::proceed);
                    return false;
                }
                stack.set(i, later.value());
            }
        }
        return true;
    }

    private boolean hasRoom() {
        waitsForRoom = !calls.hasRoom();
        return !waitsForRoom;
    }

    private List<@Nullable Object> topmost(int count) {
        List<@Nullable Object> top = stack.subList(stack.size() - count, stack.size());
        List<@Nullable Object> copy = new ArrayList<>(top);
        top.clear();
        return copy;
    }

    private static boolean truth(@Nullable Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw Wrong.type("true or false is needed here, not " + Operator.kind(value) + ": compare it with something");
    }

    // ---- operations

    /** Does {@code op}; false if it has to wait, and has changed nothing. */
    private boolean done(Op op, Place place) {
        switch (op) {
            case Op.Push(Object value) -> push(value);
            case Op.Load(int slot) -> push(slots[slot]);
            case Op.Store(int slot) -> slots[slot] = pop();
            case Op.Drop() -> pop();
            case Op.Capture(int index) -> push(captures.get(index));
            case Op.Jump(int to) -> next = to;
            case Op.Round() -> spending.round();
            case Op.MakeList(int size) -> {
                spending.values(size + 1L);
                push(topmost(size));
            }
            case Op.MakeRecord(List<String> names) -> makeRecord(names);
            case Op.Next(int slot, int to) -> nextElement(slot, to);
            case Op.Add() -> {
                spending.values(1);
                Object result = pop();
                ((Cursor) top()).add(result);
            }
            case Op.Get(int steps) -> {
                return areThere(steps) && hasLookedInto(steps, place);
            }
            case Op.Call(Path.Names path, int arguments) -> {
                if (!hasRoom()) {
                    return false;
                }
                List<@Nullable Object> passed = topmost(arguments);
                push(calls.begin(pop(), path, passed, place));
            }
            case Op.Two(Operator operator) -> {
                return areThere(2) && computed(operator);
            }
            case Op.Concat(int lists) -> {
                return areThere(lists) && concatenated(lists);
            }
            default -> {
                return areThere(1) && doneWith(op, pop());
            }
        }
        return true;
    }

    /** What needs one value, which is there. */
    private boolean doneWith(Op op, @Nullable Object value) {
        switch (op) {
            case Op.Negate() -> push(Operator.negated(value, spending));
            case Op.Not() -> push(!truth(value));
            case Op.Check() -> push(truth(value));
            case Op.Size() -> push(size(value));
            case Op.Begin() -> push(new Cursor(list(value)));
            case Op.Unless(int to) -> {
                if (!truth(value)) {
                    next = to;
                }
            }
            case Op.Assign(int slot, int count) -> assign(slot, list(value), count);
            case Op.Fail() -> throw failure(value);
            default -> throw new AssertionError(op);
        }
        return true;
    }

    private Object top() {
        Object top = stack.getLast();
        if (top == null) {
            throw new AssertionError("a loop has lost its place");
        }
        return top;
    }

    private void makeRecord(List<String> names) {
        spending.values(names.size() + 1L);
        List<@Nullable Object> values = topmost(names.size());
        Map<String, @Nullable Object> record = LinkedHashMap.newLinkedHashMap(names.size());
        for (int i = 0; i < names.size(); i++) {
            spending.bytes(names.get(i).length());
            record.put(names.get(i), values.get(i));
        }
        push(record);
    }

    private void nextElement(int slot, int to) {
        Cursor cursor = (Cursor) top();
        if (cursor.hasNext()) {
            slots[slot] = cursor.next();
        } else {
            pop();
            spending.values(1);
            push(cursor.results());
            next = to;
        }
    }

    private void assign(int slot, List<?> values, int count) {
        if (values.size() != count) {
            throw Wrong.type("a round of this loop gives a list of " + count
                    + " values, one for each of its names, not of " + values.size());
        }
        for (int i = 0; i < count; i++) {
            slots[slot + i] = values.get(i);
        }
    }

    private boolean hasLookedInto(int count, Place place) {
        List<Object> steps = new ArrayList<>(count);
        for (Object step : stack.subList(stack.size() - count, stack.size())) {
            steps.add(step(step));
        }
        Path.Names path = new Path.Names(steps);
        Object from = stack.get(stack.size() - count - 1);
        Calls.Reached reached = Calls.reach(from, path);
        if (!reached.rest().isEmpty() && !hasRoom()) {
            return false;
        }
        topmost(count + 1);
        push(reached.rest().isEmpty() ? reached.at() : calls.begin(reached.at(), reached.rest(), null, place));
        return true;
    }

    private static Object step(@Nullable Object step) {
        if (step instanceof String name) {
            return name;
        }
        if (step instanceof Long index && index >= 0 && index <= Integer.MAX_VALUE) {
            return index.intValue();
        }
        throw Wrong.type("a step into a value is a text, or a whole number from 0 on, not "
                + (step instanceof Number ? step.toString() : Operator.kind(step)));
    }

    private boolean computed(Operator operator) {
        Object b = pop();
        push(operator.apply(pop(), b, spending));
        return true;
    }

    private boolean concatenated(int lists) {
        List<@Nullable Object> all = new ArrayList<>();
        for (Object each : topmost(lists)) {
            List<?> list = list(each);
            spending.values(list.size());
            all.addAll(list);
        }
        spending.values(1);
        push(all);
        return true;
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw Wrong.type("a list is needed here, not " + Operator.kind(value));
    }

    private static Object size(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case String text -> (long) text.length();
            case null, default ->
                throw Wrong.type("'size' needs a list, a record or a text, not " + Operator.kind(value));
        };
    }

    private static Failure failure(@Nullable Object reason) {
        if (reason instanceof String text) {
            return Failure.failed(text);
        }
        throw Wrong.type("'fail' needs a text, not " + Operator.kind(reason));
    }
}
