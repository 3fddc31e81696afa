package dev.capstan.capnp;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import org.jspecify.annotations.Nullable;

/**
 * The token of a generated interface, {@code Foo.TYPE}.
 *
 * @param <C> its client
 */
public abstract class InterfaceType<C extends Client> extends CapType<C> {
    private final long interfaceId;
    private final @Nullable CompiledSchema schema;

    /** For types without a schema of their own. */
    protected InterfaceType(long interfaceId) {
        this(interfaceId, null);
    }

    /** For generated code; {@code interfaceId} is the id of a node in {@code schema}. */
    protected InterfaceType(long interfaceId, @Nullable CompiledSchema schema) {
        this.interfaceId = interfaceId;
        this.schema = schema;
    }

    /** The interface's type id, unsigned. */
    public final long interfaceId() {
        return interfaceId;
    }

    /** The schema of the file that this was generated from; null if it was not. */
    public final @Nullable CompiledSchema schema() {
        return schema;
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
