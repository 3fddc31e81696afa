package dev.capstan.capnp;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;

/**
 * The token of a generated interface, {@code Foo.TYPE}.
 *
 * @param <C> its client
 */
public abstract class InterfaceType<C extends Client> extends CapType<C> {
    private final long interfaceId;

    /** For generated code. */
    protected InterfaceType(long interfaceId) {
        this.interfaceId = interfaceId;
    }

    /** The interface's type id, unsigned. */
    public final long interfaceId() {
        return interfaceId;
    }

    /** A client over {@code cap}, of which it takes ownership. Nothing is checked: a wrong interface shows with the first call. */
    public abstract C client(Cap cap);

    /** A client of an object of this process whose calls run on {@code loop}. */
    public final C serve(Loop loop, CapServer server) {
        return client(new LocalCap(loop, server));
    }

    @Override
    final C wrap(Cap cap) {
        return client(cap);
    }

    @Override
    final Cap unwrap(C client) {
        return client.cap();
    }
}
