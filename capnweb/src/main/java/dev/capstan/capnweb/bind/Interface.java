package dev.capstan.capnweb.bind;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods through which an object is reached: those of one interface, or of all remote ones that a class has. */
final class Interface {
    private final List<Signature> types;
    private final boolean isFunction;
    private final boolean isBlocking;
    private Map<String, Operation> byName = Map.of();
    private Map<Method, Operation> byMethod = Map.of();

    /**
     * An interface without methods.
     *
     * @param isFunction whether it has one method, which is called without a name
     */
    Interface(List<Signature> types, boolean isFunction, boolean isBlocking) {
        this.types = List.copyOf(types);
        this.isFunction = isFunction;
        this.isBlocking = isBlocking;
    }

    /** Methods may mention the interface, so that they come later than it. */
    void complete(Map<String, Operation> names, Map<Method, Operation> methods) {
        byName = names;
        byMethod = methods;
    }

    List<Signature> types() {
        return types;
    }

    /** The interface, if it is one. */
    Signature type() {
        return types.getFirst();
    }

    boolean isFunction() {
        return isFunction;
    }

    boolean isBlocking() {
        return isBlocking;
    }

    /** What a peer calls by that name; the empty name is a function's. */
    @Nullable
    Operation named(String name) {
        return byName.get(name);
    }

    /** What a method of Java is to the peer; null if it is nothing to it. */
    @Nullable
    Operation of(Method method) {
        return byMethod.get(method);
    }

    Collection<Operation> operations() {
        return byName.values();
    }

    Map<Method, Operation> methods() {
        return byMethod;
    }

    /** Whether all of {@code other} can be reached through this. */
    boolean includes(Interface other) {
        boolean asFunction = isFunction || other.isFunction;
        return types.stream()
                .anyMatch(type -> asFunction
                        ? type.equals(other.type())
                        : other.type().raw().isAssignableFrom(type.raw()));
    }

    /** What a peer has to pass for it, in words. */
    String expected() {
        return isFunction ? "a function" : "a stub (" + type() + ")";
    }
}
