package dev.capstan.capnweb.il;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that a {@link Program} will have when it runs. What is done with it is written down; operands are trees of values, as {@link Program} says, and numbers may be of any kind that Java has.
 *
 * <p>Numbers are those of JavaScript, bigints apart; nothing is converted, so that an operand of another kind fails the program. A call does not wait for what it is made on or for its arguments.
 */
public final class Expr {
    private final Recording recording;
    private final Object code;
    private final Recording.@Nullable Block block;

    /** @param block where it is known; null if everywhere */
    Expr(Recording recording, Object code, Recording.@Nullable Block block) {
        this.recording = recording;
        this.code = code;
        this.block = block;
    }

    Recording recording() {
        return recording;
    }

    Recording.@Nullable Block block() {
        return block;
    }

    Object code() {
        return code;
    }

    private Expr operation(String tag, @Nullable Object... operands) {
        List<@Nullable Object> all = new ArrayList<>();
        all.add(recording.written(this));
        for (Object operand : operands) {
            all.add(recording.written(operand));
        }
        return recording.operation(tag, all.toArray());
    }

    /** Calls the method of that name. */
    public Expr call(String name, @Nullable Object... arguments) {
        return recording.call(this, name, arguments);
    }

    /** Calls this itself, as functions are called. */
    public Expr apply(@Nullable Object... arguments) {
        return recording.call(this, List.of(), arguments);
    }

    /** The member of that name, or the property of an object. */
    public Expr get(String name) {
        return operation("get", name);
    }

    /** The element at {@code index}, from 0. */
    public Expr get(int index) {
        return operation("get", index);
    }

    /** The member or element that {@code step} names when the program runs. */
    public Expr get(Expr step) {
        return operation("get", step);
    }

    /** The sum, or one text behind the other. */
    public Expr plus(@Nullable Object other) {
        return operation("+", other);
    }

    /** The difference. */
    public Expr minus(@Nullable Object other) {
        return operation("-", other);
    }

    /** The product. */
    public Expr times(@Nullable Object other) {
        return operation("*", other);
    }

    /** The quotient; of bigints without what is behind the point. */
    public Expr dividedBy(@Nullable Object other) {
        return operation("/", other);
    }

    /** What division leaves, with the sign of this. */
    public Expr remainder(@Nullable Object other) {
        return operation("%", other);
    }

    /** The same with the other sign. */
    public Expr negated() {
        return operation("neg");
    }

    /** Whether this is {@code other}: of the same kind, and equal. Neither lists, records nor objects can be compared. */
    public Expr is(@Nullable Object other) {
        return operation("==", other);
    }

    /** The contrary of {@link #is}. */
    public Expr isNot(@Nullable Object other) {
        return operation("!=", other);
    }

    /** Whether this is less. Numbers, bigints, texts and dates have an order. */
    public Expr lessThan(@Nullable Object other) {
        return operation("<", other);
    }

    /** Whether this is less or equal. */
    public Expr atMost(@Nullable Object other) {
        return operation("<=", other);
    }

    /** Whether this is more. */
    public Expr moreThan(@Nullable Object other) {
        return operation(">", other);
    }

    /** Whether this is more or equal. */
    public Expr atLeast(@Nullable Object other) {
        return operation(">=", other);
    }

    /** Whether both are true; what is supplied is done only if this is. */
    public Expr and(Supplier<? extends @Nullable Object> other) {
        return recording.operation("and", recording.written(this), recording.block(other));
    }

    /** Whether one is true; what is supplied is done only if this is not. */
    public Expr or(Supplier<? extends @Nullable Object> other) {
        return recording.operation("or", recording.written(this), recording.block(other));
    }

    /** Whether this is false. */
    public Expr not() {
        return operation("not");
    }

    /** How many elements, members or (UTF-16) characters this has. */
    public Expr size() {
        return operation("size");
    }

    @Override
    public String toString() {
        return code.toString();
    }
}
