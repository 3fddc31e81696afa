package dev.capstan.capnp.json;

/**
 * Where JSON is written to, value by value. Sizes come first: {@code beginArray(2)}, two values, {@code end()}. In an object each value comes
 * after its {@link #name}.
 */
abstract class Sink {
    abstract void nothing();

    abstract void bool(boolean value);

    /** A finite number. */
    abstract void number(double value);

    /** An integer that need not be exact as a float. */
    abstract void integer(long value, boolean unsigned);

    abstract void string(String value);

    abstract void beginArray(int size);

    abstract void beginObject(int size);

    abstract void name(String name);

    abstract void beginCall(String function, int size);

    abstract void raw(String text);

    abstract void end();
}
