package dev.capstan.capnweb.bind;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Stub;
import java.lang.invoke.MethodHandles;

/**
 * Objects of Java as peers call them, and objects of peers as Java calls them. A program makes one and passes it on; it knows the classes that it has seen, and the objects
 * that peers hold.
 *
 * <pre>{@code
 * @Remote
 * interface Api {
 *     User authenticate(String token);
 * }
 *
 * Binder binder = Binder.of(MethodHandles.lookup());
 * Cap main = binder.serve(loop, new ApiOfOurs());          // give it to WebPeer.over, which owns it then
 * Api api = binder.stub(Api.class, loop, peer.main());     // or call what the peer has
 * String typescript = binder.declarations(Api.class);      // and tell TypeScript about it
 * }</pre>
 *
 * <p>All that an interface mentions is looked at when it is first used, so that what cannot travel is an {@link IllegalArgumentException} at start-up, which tells the place and
 * what to write instead.
 *
 * <p><b>Results.</b> A stub's method that returns a remote or functional interface returns at once; calls on it are sent ahead. A {@link Pending} can be passed on before it is
 * there. A {@link dev.capstan.async.Promise} and a {@link java.util.concurrent.CompletionStage} are what they are; for any other result the calling thread, or fiber, waits.
 * Inside a turn of the loop nothing can wait: such a call is an {@link IllegalStateException} there, but for methods without result, whose failures are logged then.
 *
 * <p><b>Ownership.</b> Stubs are references: they are closed by whoever has them, with {@link Remotes#close}, or {@code close()} if the interface extends {@link AutoCloseable}. An
 * object that is served and {@link AutoCloseable} is closed when no peer holds it any more.
 *
 * <p><b>Threads.</b> Binders and stubs are used from any thread. Methods of objects that are served run on the loop, or on fibers of it: one at a time, but for where they wait.
 */
public final class Binder {
    private final Shapes shapes;
    private final Served served;
    private final Faults faults;

    private Binder(Shapes shapes, Served served, Faults faults) {
        this.shapes = shapes;
        this.served = served;
        this.faults = faults;
    }

    /** A binder that sees what {@code lookup} sees: give it your own, so that interfaces and records need not be public. */
    public static Binder of(MethodHandles.Lookup lookup) {
        return new Binder(new Shapes(lookup), new Served(), new Faults(false));
    }

    /** As this, with objects of its own; but callers see the messages of all exceptions, not of those alone that are meant for them. For development. */
    public Binder showingMessages() {
        return new Binder(shapes, new Served(), new Faults(true));
    }

    /**
     * A reference to {@code object}, through which the methods of all its remote interfaces can be called; the caller owns it. The same object again is the same to
     * peers.
     *
     * @throws IllegalArgumentException if it has none, or if one of them cannot be called from TypeScript
     */
    public Cap serve(Loop loop, Object object) {
        return serve(loop, object, false);
    }

    /** As {@link #serve}; each call runs on a fiber of its own, whatever {@link Remote#blocking} says. */
    public Cap serveBlocking(Loop loop, Object object) {
        return serve(loop, object, true);
    }

    private Cap serve(Loop loop, Object object, boolean blocking) {
        TypedStub stub = TypedStub.of(object);
        if (stub != null) {
            return stub.stub().cap().share();
        }
        if (ShapeBuilder.remoteInterfaces(object.getClass()).isEmpty()) {
            throw new IllegalArgumentException(
                    object.getClass().getName() + " implements no interface that is annotated @Remote");
        }
        Interface face = shapes.faceOf(object.getClass());
        return served.reference(this, loop, object, face, blocking || face.isBlocking());
    }

    /** A reference to {@code object} through {@code face} alone; the caller owns it. */
    Cap served(Loop loop, Object object, Interface face) {
        return served(loop, object, face, face.isBlocking());
    }

    /** As {@link #served(Loop, Object, Interface)}; its methods run as the last argument says. */
    Cap served(Loop loop, Object object, Interface face, boolean blocking) {
        return served.reference(this, loop, object, face, blocking);
    }

    /**
     * What {@code cap} leads to, as {@code type}; takes ownership of it, always. Whether it has the methods is found out by calling them.
     *
     * @param type annotated {@link Remote}, or a {@link FunctionalInterface}
     * @throws IllegalArgumentException if peers could not have such an interface
     */
    public <T> T stub(Class<T> type, Loop loop, Cap cap) {
        return stub(type, Stub.of(loop, cap));
    }

    /** As {@link #stub(Class, Loop, Cap)}, of a stub without interface. */
    public <T> T stub(Class<T> type, Stub stub) {
        try {
            return type.cast(new TypedStub(this, face(type), stub, false).proxy());
        } catch (IllegalArgumentException e) {
            stub.close();
            throw e;
        }
    }

    /**
     * TypeScript declarations of {@code types} and of all that they mention: a module, to be used with npm's {@code capnweb}.
     *
     * @param types interfaces annotated {@link Remote}, records, enums, sealed interfaces
     */
    public String declarations(Class<?>... types) {
        TypeScript out = new TypeScript();
        for (Class<?> type : types) {
            shapes.of(Signature.of(type)).typescript(out);
        }
        return out.module();
    }

    // ---- inside

    Faults faults() {
        return faults;
    }

    Interface face(Class<?> type) {
        return shapes.face(type);
    }

    Shape shape(Class<?> type) {
        return shapes.of(Signature.of(type));
    }

    Shape shapeOf(Object value) {
        return shapes.of(value);
    }
}
