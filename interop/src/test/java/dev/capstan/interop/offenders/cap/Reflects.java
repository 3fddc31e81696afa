package dev.capstan.interop.offenders.cap;

import java.lang.reflect.Method;

/** Calls by name. */
final class Reflects {
    Object call(Object target, String name) throws ReflectiveOperationException {
        Method method = target.getClass().getMethod(name);
        return method.invoke(target);
    }

    Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name);
    }

    /** Innocent: asks for no member. */
    static String name(Object target) {
        return target.getClass().getSimpleName();
    }
}
