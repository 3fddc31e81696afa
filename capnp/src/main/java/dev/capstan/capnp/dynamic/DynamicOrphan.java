package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.Orphan;
import dev.capstan.capnp.PointerType;
import dev.capstan.capnp.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A value whose type is known at run time, without a place: made before its place is known, or taken out of it by {@link
 * DynamicStruct.Builder#disown(String)}. What is behind a pointer is moved without being copied, within its message; numbers and the like are
 * held as they are, and a group becomes a struct of its own.
 *
 * <p>Ownership and threading are those of {@link Orphan}: it belongs to the thread that builds the message, and must be adopted, released by
 * {@link #as} or closed. After that, every method but {@link #close} throws {@link IllegalStateException}.
 */
public final class DynamicOrphan implements AutoCloseable {
    private static final AnyPointer.Reader NULL = MessageReader.constant("\0\0\0\0\0\0\0\0");

    private final Type type;
    /** What is behind a pointer, as long as it is here. */
    private @Nullable Orphan<AnyPointer.Builder, AnyPointer.Reader> object;
    /** What needs no pointer, as long as it is here. */
    private @Nullable DynamicValue scalar;

    private DynamicOrphan(Type type, @Nullable Orphan<AnyPointer.Builder, AnyPointer.Reader> object) {
        this.type = type;
        this.object = object;
    }

    /** A new struct in {@code message}. */
    public static DynamicOrphan newStruct(MessageBuilder message, StructSchema type) {
        return new DynamicOrphan(type, message.newOrphan(type.structType()).as(AnyPointer.TYPE));
    }

    /** A new list of {@code size} elements in {@code message}. */
    public static DynamicOrphan newList(MessageBuilder message, ListSchema type, int size) {
        return new DynamicOrphan(type, message.newOrphan(type.token(), size).as(AnyPointer.TYPE));
    }

    /**
     * A deep copy in {@code message} of {@code value}, which may be all that {@link DynamicStruct.Builder#set(String, Object)} takes for the type; null
     * gives a null pointer. Capabilities are shared.
     *
     * @throws IllegalArgumentException if the value does not fit the type
     */
    public static DynamicOrphan newCopy(MessageBuilder message, Type type, @Nullable Object value) {
        if (!type.isPointer()) {
            if (value == null) {
                throw new IllegalArgumentException("null does not stand for " + type + ".");
            }
            return ofScalar(type, ScalarBits.value(type, ScalarBits.of(type, value)));
        }
        Orphan<AnyPointer.Builder, AnyPointer.Reader> object = message.newOrphanCopy(AnyPointer.TYPE, NULL);
        try {
            PointerWrites.set(type, object.get(), value);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
        return new DynamicOrphan(type, object);
    }

    /**
     * What an orphan of a generated type, or of none in particular, holds; that one is used up.
     *
     * @throws IllegalArgumentException if values of the type live behind no pointer
     */
    public static DynamicOrphan of(Type type, Orphan<?, ?> orphan) {
        requirePointer(type);
        return new DynamicOrphan(type, orphan.as(AnyPointer.TYPE));
    }

    /**
     * What {@code pointer} points to, taken out of the message; the pointer is null afterwards.
     *
     * @throws IllegalArgumentException if values of the type live behind no pointer
     */
    public static DynamicOrphan disown(Type type, AnyPointer.Builder pointer) {
        requirePointer(type);
        return new DynamicOrphan(type, pointer.disown(AnyPointer.TYPE));
    }

    static DynamicOrphan ofScalar(Type type, DynamicValue value) {
        DynamicOrphan orphan = new DynamicOrphan(type, null);
        orphan.scalar = value;
        return orphan;
    }

    private static void requirePointer(Type type) {
        if (!type.isPointer()) {
            throw new IllegalArgumentException("Values of type " + type + " live behind no pointer.");
        }
    }

    /** The type; that of a group is its own. */
    public Type type() {
        return type;
    }

    /** Whether it is a null pointer. */
    public boolean isNull() {
        if (object == null) {
            requireScalar();
            return false;
        }
        return object.isNull();
    }

    /** The value, as {@link DynamicStruct.Builder#get(String)}: structs, lists and pointers are views of the message; a null pointer is the empty value. */
    public DynamicValue get() {
        return object != null ? Values.of(type, object.asReader()) : requireScalar();
    }

    /** Opens the struct for writing; one that is null is made. */
    public DynamicStruct.Builder struct() {
        if (type instanceof StructSchema struct) {
            return object().get().as(struct.structType());
        }
        throw new IllegalArgumentException("This is a " + type + ", no struct.");
    }

    /** Opens the list for writing; one that is null is empty. */
    public DynamicList.Builder list() {
        if (type instanceof ListSchema list) {
            return list.edit(object().get());
        }
        throw new IllegalArgumentException("This is a " + type + ", no list.");
    }

    /** The pointer, to be read or set as {@link DynamicStruct.Builder#any(String)}. */
    public AnyPointer.Builder any() {
        if (type instanceof Type.Any) {
            return object().get();
        }
        throw new IllegalArgumentException("This is a " + type + ", no AnyPointer.");
    }

    /**
     * The object as an orphan of a generated type, or of {@link AnyPointer#TYPE}; this one is used up.
     *
     * @throws IllegalArgumentException if the type is known to be another one, or the value lives behind no pointer; it is still here then
     */
    public <B, R> Orphan<B, R> as(PointerType<B, R> type) {
        if (type instanceof StructType<?, ?> wanted && this.type instanceof StructSchema schema) {
            Fields.requireType(schema, wanted);
        }
        Orphan<B, R> released = object().as(type);
        object = null;
        return released;
    }

    /**
     * Puts the object where {@code place}, in the same message, points to, in place of what was there; this one is used up.
     *
     * @throws IllegalArgumentException if the place is in another message, or the value lives behind no pointer; it is still here then
     */
    public void adoptInto(AnyPointer.Builder place) {
        place.adopt(object());
        object = null;
    }

    /** As {@link #adoptInto(AnyPointer.Builder)}, for a place of that type. */
    void adoptInto(Type wanted, AnyPointer.Builder place) {
        if (!fits(wanted)) {
            throw new IllegalArgumentException("The orphan is a " + type + ", not a " + wanted + ".");
        }
        adoptInto(place);
    }

    private boolean fits(Type wanted) {
        if (wanted instanceof Type.Any any) {
            return fits(any.kind());
        }
        return type instanceof Type.Any ? isNull() || isOfKind(wanted) : same(type, wanted);
    }

    private boolean fits(Type.Any.Kind kind) {
        AnyPointer.Kind actual = object().get().kind();
        return switch (kind) {
            case ANY, PARAMETER, METHOD_PARAMETER -> true;
            case STRUCT -> actual == AnyPointer.Kind.STRUCT || actual == AnyPointer.Kind.NULL;
            case LIST -> actual == AnyPointer.Kind.LIST || actual == AnyPointer.Kind.NULL;
            case CAPABILITY -> actual == AnyPointer.Kind.CAPABILITY || actual == AnyPointer.Kind.NULL;
        };
    }

    /** What is known about an object of unknown type is the kind of pointer that leads to it; what lies there is checked when it is read. */
    private boolean isOfKind(Type wanted) {
        AnyPointer.Kind actual = object().get().kind();
        return switch (wanted) {
            case StructSchema struct -> actual == AnyPointer.Kind.STRUCT;
            case InterfaceSchema schema -> actual == AnyPointer.Kind.CAPABILITY;
            default -> actual == AnyPointer.Kind.LIST;
        };
    }

    /** Whether it is the same type whatever its type arguments, which make no difference to what lies in a message. */
    private static boolean same(Type actual, Type wanted) {
        return switch (actual) {
            case StructSchema a -> wanted instanceof StructSchema b && a.id() == b.id();
            case EnumSchema a -> wanted instanceof EnumSchema b && a.id() == b.id();
            case InterfaceSchema a -> wanted instanceof InterfaceSchema b && a.isA(b);
            case ListSchema(Type a) -> wanted instanceof ListSchema(Type b) && same(a, b);
            case Type.Any a -> wanted instanceof Type.Any;
            case Type.Scalar a -> a == wanted;
        };
    }

    private Orphan<AnyPointer.Builder, AnyPointer.Reader> object() {
        if (object == null) {
            requireScalar();
            throw new IllegalArgumentException("A value of type " + type + " lives behind no pointer.");
        }
        return object;
    }

    private DynamicValue requireScalar() {
        if (scalar == null) {
            throw new IllegalStateException("this orphan was adopted, released or closed before");
        }
        return scalar;
    }

    /** Zeroes the object; capabilities in it are closed. Does nothing if it was adopted, released or closed. */
    @Override
    public void close() {
        if (object != null) {
            object.close();
            object = null;
        }
        scalar = null;
    }
}
