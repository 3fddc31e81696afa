package dev.capstan.capnweb.bind;

import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The shapes that are known. Complete ones only: a {@link ShapeBuilder} publishes what it has made when all of it is done. Two threads that need the same type for the first time both
 * make it, and either will do.
 */
final class Shapes {
    private final Handles handles;
    private final ConcurrentHashMap<Signature, Shape> shapes = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<List<Signature>, Interface> faces = new ConcurrentHashMap<>();

    Shapes(MethodHandles.Lookup lookup) {
        this.handles = new Handles(lookup);
    }

    Handles handles() {
        return handles;
    }

    @Nullable
    Shape known(Signature type) {
        return shapes.get(type);
    }

    @Nullable
    Interface knownFace(List<Signature> types) {
        return faces.get(types);
    }

    void publish(Signature type, Shape shape) {
        shapes.putIfAbsent(type, shape);
    }

    void publish(Interface face) {
        faces.putIfAbsent(face.types(), face);
    }

    Shape of(Signature type) {
        Shape known = shapes.get(type);
        return known != null ? known : new ShapeBuilder(this).finish(builder -> builder.shape(type));
    }

    /** The methods of one interface. */
    Interface face(Class<?> type) {
        return face(List.of(Signature.of(type)));
    }

    /** The methods of all remote interfaces of a class. */
    Interface faceOf(Class<?> type) {
        return face(ShapeBuilder.remoteInterfaces(type));
    }

    private Interface face(List<Signature> types) {
        Interface known = faces.get(types);
        return known != null ? known : new ShapeBuilder(this).finish(builder -> builder.face(types));
    }

    /** How a value travels of which nothing is known but its class. */
    Shape of(Object value) {
        TypedStub stub = TypedStub.of(value);
        if (stub != null) {
            return new ReferenceShape(stub.face());
        }
        Class<?> type = switch (value) {
            case Enum<?> constant -> constant.getDeclaringClass();
            case ByteBuffer buffer -> ByteBuffer.class;
            case CharSequence text -> String.class;
            case Optional<?> optional -> Optional.class;
            default -> value.getClass();
        };
        if (type == Object.class) {
            throw new IllegalArgumentException("a plain Object has nothing in it to be sent");
        }
        if (!ShapeBuilder.remoteInterfaces(type).isEmpty()) {
            return new ReferenceShape(faceOf(type));
        }
        Signature function = ShapeBuilder.function(type);
        return of(function != null ? function : Signature.of(type));
    }
}
