package dev.capstan.capnweb.bind;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method of an interface, as peers call it.
 *
 * @param name empty for the one method of a function
 * @param isProperty whether it is read instead of called
 * @param isCancelable whether a call that runs stops when nobody wants its result
 * @param result of what it gives in the end
 * @param declared the exceptions that callers may see
 * @param handle of type (Object, Object[])Object
 */
record Operation(
        String name,
        Method method,
        boolean isProperty,
        boolean isCancelable,
        List<Parameter> parameters,
        Outcome outcome,
        Shape result,
        List<Declared> declared,
        MethodHandle handle) {
    /** A parameter: its name is for TypeScript alone. */
    record Parameter(String name, Shape shape) {}

    /** What it is called in the text of an error. */
    String title() {
        return name.isEmpty() ? "the function" : name;
    }

    /** What {@code arguments}, which a peer has passed, are in Java. */
    @Nullable
    Object[] read(List<?> arguments, Reading from) {
        int count = parameters.size();
        if (arguments.size() > count
                || parameters.subList(arguments.size(), count).stream()
                        .anyMatch(parameter -> !parameter.shape().mayBeMissing())) {
            throw wrongCount(arguments.size());
        }
        @Nullable Object[] values = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            Shape shape = parameters.get(i).shape();
            try {
                values[i] = shape.read(i < arguments.size() ? arguments.get(i) : null, from);
            } catch (Mismatch e) {
                throw e.in(i).in("args");
            }
        }
        return values;
    }

    private Mismatch wrongCount(int found) {
        int count = parameters.size();
        return Mismatch.because("takes " + count + (count == 1 ? " argument" : " arguments") + ", got " + found);
    }

    /** What {@code arguments} of Java are to a peer. */
    List<@Nullable Object> write(@Nullable Object @Nullable [] arguments, Writing to) {
        List<@Nullable Object> trees = new ArrayList<>(parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            try {
                trees.add(parameters.get(i).shape().write(arguments == null ? null : arguments[i], to));
            } catch (Mismatch e) {
                throw e.in(i).in("args");
            }
        }
        return trees;
    }

    /** The tree of a result. */
    @Nullable
    Object writeResult(@Nullable Object value, Writing to) {
        try {
            return result.write(value, to);
        } catch (Mismatch e) {
            throw e.in("result");
        }
    }

    /** The result that a tree stands for. */
    @Nullable
    Object readResult(@Nullable Object tree, Reading from) {
        try {
            return result.read(tree, from);
        } catch (Mismatch e) {
            throw e.in("result");
        }
    }

    @Nullable
    Object invoke(Object object, @Nullable Object[] arguments) throws Throwable {
        return (Object) handle.invokeExact(object, arguments);
    }

    boolean isDeclared(Throwable failure) {
        return declared.stream().anyMatch(each -> each.type().isInstance(failure));
    }

    /**
     * Whether nobody waits for it: a callback that gives nothing, not even an exception, is told. So a listener of one user cannot hold up another's call, nor fail it.
     */
    boolean isTold() {
        return name.isEmpty() && outcome == Outcome.VALUE && result instanceof NothingShape && declared.isEmpty();
    }

    /** Whether this is the same method as far as callers can tell. */
    boolean isSameAs(Operation other) {
        return isProperty == other.isProperty
                && method.getName().equals(other.method.getName())
                && Arrays.equals(method.getParameterTypes(), other.method.getParameterTypes());
    }
}
