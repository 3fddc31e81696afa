package dev.capstan.capnweb.bind;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Calls into users' classes. Handles are spread out once, at start-up, to the few types that are called here.
 *
 * <p>A class need not be public: what is in a named module is reached through the {@link MethodHandles.Lookup} that the user gave, or if its package is open to this
 * module.
 */
final class Handles {
    private final MethodHandles.Lookup lookup;

    Handles(MethodHandles.Lookup lookup) {
        this.lookup = lookup;
    }

    /** As (Object)Object. */
    MethodHandle accessor(Method method) {
        return find(method.getDeclaringClass(), within -> within.unreflect(method))
                .asType(MethodType.methodType(Object.class, Object.class));
    }

    /** As (Object[])Object. */
    MethodHandle constructor(Constructor<?> constructor) {
        return find(constructor.getDeclaringClass(), within -> within.unreflectConstructor(constructor))
                .asSpreader(Object[].class, constructor.getParameterCount())
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    /** As (Object, Object[])Object, the first being the object. */
    MethodHandle method(Method method) {
        return find(method.getDeclaringClass(), within -> within.unreflect(method))
                .asFixedArity()
                .asSpreader(Object[].class, method.getParameterCount())
                .asType(MethodType.methodType(Object.class, Object.class, Object[].class));
    }

    private interface Search {
        MethodHandle in(MethodHandles.Lookup within) throws IllegalAccessException;
    }

    private MethodHandle find(Class<?> type, Search search) {
        Module own = Handles.class.getModule();
        own.addReads(type.getModule());
        try {
            return search.in(MethodHandles.privateLookupIn(type, lookup));
        } catch (IllegalAccessException closed) {
            try {
                return search.in(MethodHandles.publicLookup());
            } catch (IllegalAccessException e) {
                e.addSuppressed(closed);
                throw new IllegalArgumentException(
                        type.getName() + " cannot be reached from here: make it public in an exported package, open its"
                                + " package to " + own.getName()
                                + ", or give the binder your own MethodHandles.lookup()",
                        e);
            }
        }
    }

    static @Nullable Object get(MethodHandle accessor, Object from) {
        try {
            return (Object) accessor.invokeExact(from);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("an accessor of a record threw a checked exception", e);
        }
    }

    /** What the constructor refuses is a mismatch, and its {@link IllegalArgumentException} tells the peer what the value must be. */
    static Object construct(MethodHandle constructor, @Nullable Object[] values) {
        try {
            return (Object) constructor.invokeExact(values);
        } catch (NullPointerException e) {
            throw Mismatch.because("is not what its type allows");
        } catch (IllegalArgumentException e) {
            String message = e.getMessage();
            throw Mismatch.because(message == null ? "is not what its type allows" : message);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a constructor of a record threw a checked exception", e);
        }
    }
}
