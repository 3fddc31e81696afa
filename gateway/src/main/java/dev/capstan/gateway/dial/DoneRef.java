package dev.capstan.gateway.dial;

import dev.capstan.gateway.options.InputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a write to a stream gives: nothing.
 *
 * @param method what was called
 */
record DoneRef(String method) implements Ref {
    @Override
    public Ref get(Object step) throws InputException {
        throw nothing();
    }

    @Override
    public Ref call(String name, List<? extends @Nullable Object> arguments) throws InputException {
        throw nothing();
    }

    @Override
    public Shot aim(String name, List<? extends @Nullable Object> arguments) throws InputException {
        throw nothing();
    }

    private InputException nothing() {
        return new InputException(method + " writes to a stream, and gives nothing.");
    }

    @Override
    public void print(java.util.function.Consumer<String> out) {}

    @Override
    public @Nullable Object value() {
        return null;
    }

    @Override
    public boolean isObject() {
        return false;
    }

    @Override
    public String kind() {
        return "nothing";
    }

    @Override
    public void close() {}
}
