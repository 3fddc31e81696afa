package dev.capstan.capnweb.il;

import dev.capstan.cap.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of a program that was checked. Operands lie on a stack; what an operation makes takes their place. */
sealed interface Op {
    /** A value that is known. */
    record Push(@Nullable Object value) implements Op {}

    /** The value of a name. */
    record Load(int slot) implements Op {}

    /** Gives the topmost value a name. */
    record Store(int slot) implements Op {}

    /** The topmost value is not needed. */
    record Drop() implements Op {}

    record Capture(int index) implements Op {}

    /** Looks into a value, {@code steps} steps deep. */
    record Get(int steps) implements Op {}

    record Call(Path.Names path, int arguments) implements Op {}

    record MakeList(int size) implements Op {}

    record MakeRecord(List<String> names) implements Op {}

    /** Lists one behind the other. */
    record Concat(int lists) implements Op {}

    record Two(Operator operator) implements Op {}

    record Negate() implements Op {}

    record Not() implements Op {}

    record Size() implements Op {}

    /** The topmost value has to be true or false. */
    record Check() implements Op {}

    /** Goes on elsewhere if the topmost value, which has to be true or false, is false. */
    record Unless(int to) implements Op {}

    record Jump(int to) implements Op {}

    /** A list is gone through from here on: a {@link Cursor} takes its place. */
    record Begin() implements Op {}

    /** The next element gets a name; at the end the results take the cursor's place, and it goes on elsewhere. */
    record Next(int slot, int to) implements Op {}

    /** The topmost value is a result of the loop around. */
    record Add() implements Op {}

    /** The elements of a list become the values of names, all at once. */
    record Assign(int slot, int count) implements Op {}

    /** One more round of a loop. */
    record Round() implements Op {}

    /** Ends the program. */
    record Fail() implements Op {}
}
