package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.BoolList;
import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.Float32List;
import dev.capstan.capnp.Float64List;
import dev.capstan.capnp.Int16List;
import dev.capstan.capnp.Int32List;
import dev.capstan.capnp.Int64List;
import dev.capstan.capnp.Int8List;
import dev.capstan.capnp.PointerList;
import dev.capstan.capnp.PointerType;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.UInt16List;
import dev.capstan.capnp.UInt32List;
import dev.capstan.capnp.UInt8List;
import dev.capstan.capnp.VoidList;

/**
 * The type of a list.
 *
 * @param element the type of its elements
 */
public record ListSchema(Type element) implements Type {
    private static final PointerType<?, ?> POINTERS = PointerList.type(AnyPointer.TYPE);

    /** Reads the pointer as such a list; a null pointer is an empty one. */
    public DynamicList.Reader read(AnyPointer.Reader pointer) {
        return new DynamicList.Reader(this, (CapnpList<?>) pointer.as(token()));
    }

    /** Opens the list behind the pointer for writing; a null pointer gives an empty one. */
    public DynamicList.Builder edit(AnyPointer.Builder pointer) {
        return new DynamicList.Builder(this, (CapnpList<?>) pointer.as(token()));
    }

    /** A new list of {@code size} elements in place of what was there. */
    public DynamicList.Builder init(AnyPointer.Builder pointer, int size) {
        return new DynamicList.Builder(this, (CapnpList<?>) pointer.init(token(), size));
    }

    @Override
    public boolean isPointer() {
        return true;
    }

    @Override
    public String toString() {
        return "List(" + element + ")";
    }

    /** Elements behind pointers are all handled as any pointer: what is behind is read by its own type. */
    PointerType<?, ?> token() {
        return switch (element) {
            case Scalar scalar ->
                switch (scalar) {
                    case VOID -> VoidList.TYPE;
                    case BOOL -> BoolList.TYPE;
                    case INT8 -> Int8List.TYPE;
                    case INT16 -> Int16List.TYPE;
                    case INT32 -> Int32List.TYPE;
                    case INT64, UINT64 -> Int64List.TYPE;
                    case UINT8 -> UInt8List.TYPE;
                    case UINT16 -> UInt16List.TYPE;
                    case UINT32 -> UInt32List.TYPE;
                    case FLOAT32 -> Float32List.TYPE;
                    case FLOAT64 -> Float64List.TYPE;
                    case TEXT, DATA -> POINTERS;
                };
            case EnumSchema e -> UInt16List.TYPE;
            case StructSchema struct -> StructList.type(struct.structType());
            case ListSchema list -> POINTERS;
            case InterfaceSchema i -> POINTERS;
            case Type.Any any -> POINTERS;
        };
    }
}
