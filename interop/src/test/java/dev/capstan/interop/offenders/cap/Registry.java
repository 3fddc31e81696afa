package dev.capstan.interop.offenders.cap;

import java.util.ServiceLoader;

/** A registry that anybody reaches from anywhere. */
final class Registry {
    Iterable<Runnable> plugins() {
        System.setProperty("registered", "yes");
        return ServiceLoader.load(Runnable.class);
    }
}
