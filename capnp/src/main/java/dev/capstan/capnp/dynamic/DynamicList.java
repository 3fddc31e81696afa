package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.BoolList;
import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Float32List;
import dev.capstan.capnp.Float64List;
import dev.capstan.capnp.Int16List;
import dev.capstan.capnp.Int32List;
import dev.capstan.capnp.Int64List;
import dev.capstan.capnp.Int8List;
import dev.capstan.capnp.PointerList;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.UInt16List;
import dev.capstan.capnp.UInt32List;
import dev.capstan.capnp.UInt8List;
import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * Lists whose element type is known at run time. {@link ListSchema} makes them; both sides are lists of {@link DynamicValue}s, which are views
 * of the message.
 */
public final class DynamicList {
    private DynamicList() {}

    /** The reading side. */
    public static final class Reader extends AbstractList<DynamicValue> implements DynamicValue, RandomAccess {
        private final ListSchema schema;
        private final CapnpList<?> elements;

        Reader(ListSchema schema, CapnpList<?> elements) {
            this.schema = schema;
            this.elements = elements;
        }

        /** The type. */
        public ListSchema schema() {
            return schema;
        }

        @Override
        public int size() {
            return elements.size();
        }

        @Override
        public DynamicValue get(int index) {
            return switch (elements) {
                case PointerList.Reader<?> pointers -> Values.of(schema.element(), pointers.any(index));
                case PointerList.Builder<?, ?> pointers ->
                    Values.of(schema.element(), pointers.any(index).asReader());
                default -> scalar(elements.get(index));
            };
        }

        private DynamicValue scalar(@Nullable Object element) {
            return switch (element) {
                case null -> DynamicValue.Nothing.VOID;
                case DynamicStruct.Reader struct -> struct;
                case DynamicStruct.Builder struct -> struct.asReader();
                case Boolean b -> new DynamicValue.Bool(b);
                case Double d -> new DynamicValue.Real(d);
                case java.lang.Float f -> new DynamicValue.Real(f);
                case Number n -> number(n.longValue());
                default -> throw new AssertionError(element);
            };
        }

        private DynamicValue number(long n) {
            return switch (schema.element()) {
                case EnumSchema type -> new DynamicEnum(type, (int) n);
                case Type.Scalar type
                when type == Type.Scalar.UINT8
                        || type == Type.Scalar.UINT16
                        || type == Type.Scalar.UINT32
                        || type == Type.Scalar.UINT64 -> new DynamicValue.UInt(n);
                default -> new DynamicValue.Int(n);
            };
        }

        /** As the schema language writes it, in one line, see {@link DynamicValue}. */
        @Override
        public String toString() {
            return Printer.describe(this);
        }

        /** The list that generated code would hold, such as {@code Int32List.Reader}. */
        CapnpList<?> elements() {
            return elements;
        }

        /** A deep copy of the list in place of what was there. */
        void copyTo(AnyPointer.Builder pointer) {
            pointer.setList(elements);
        }
    }

    /** The writing side. */
    public static final class Builder extends AbstractList<DynamicValue> implements RandomAccess {
        private final ListSchema schema;
        private final CapnpList<?> elements;

        Builder(ListSchema schema, CapnpList<?> elements) {
            this.schema = schema;
            this.elements = elements;
        }

        /** The type. */
        public ListSchema schema() {
            return schema;
        }

        @Override
        public int size() {
            return elements.size();
        }

        /** A view of the same list; it shows later changes too. */
        public Reader asReader() {
            return new Reader(schema, elements);
        }

        /** Element {@code index}; what is behind pointers is seen, not opened for writing. */
        @Override
        public DynamicValue get(int index) {
            return asReader().get(index);
        }

        @Override
        public DynamicValue set(int index, DynamicValue value) {
            DynamicValue before = get(index);
            put(index, value);
            return before;
        }

        /** Sets an element; {@code value} may be all that {@link DynamicStruct.Builder#set(String, Object)} takes for its type. */
        public void put(int index, @Nullable Object value) {
            try {
                write(index, value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Element " + index + " of a " + schema + ": " + e.getMessage(), e);
            }
        }

        private void write(int index, @Nullable Object value) {
            if (elements instanceof PointerList.Builder<?, ?> pointers) {
                PointerWrites.set(schema.element(), pointers.any(index), value);
                return;
            }
            if (value == null) {
                throw new IllegalArgumentException("null does not stand for " + schema.element() + ".");
            }
            Type.Scalar type = schema.element() instanceof Type.Scalar scalar ? scalar : Type.Scalar.VOID;
            switch (elements) {
                case StructList.Builder<?> structs -> writeStruct(structs, index, value);
                case BoolList.Builder list -> list.set(index, Conversions.bool(value));
                case Int8List.Builder list -> list.set(index, (byte) Conversions.integer(value, type));
                case Int16List.Builder list -> list.set(index, (short) Conversions.integer(value, type));
                case Int32List.Builder list -> list.set(index, (int) Conversions.integer(value, type));
                case Int64List.Builder list -> list.set(index, Conversions.integer(value, type));
                case UInt8List.Builder list -> list.set(index, (int) Conversions.integer(value, type));
                case UInt16List.Builder list ->
                    list.set(
                            index,
                            schema.element() instanceof EnumSchema enumType
                                    ? Conversions.enumerant(value, enumType)
                                    : (int) Conversions.integer(value, type));
                case UInt32List.Builder list -> list.set(index, Conversions.integer(value, type));
                case Float32List.Builder list -> list.set(index, Conversions.float32(value));
                case Float64List.Builder list -> list.set(index, Conversions.floating(value));
                default -> {
                    if (value != DynamicValue.Nothing.VOID) {
                        throw Conversions.mismatch(value, "Void");
                    }
                    java.util.Objects.checkIndex(index, size());
                }
            }
        }

        private void writeStruct(StructList.Builder<?> structs, int index, Object value) {
            StructSchema type = (StructSchema) schema.element();
            switch (value) {
                case DynamicStruct.Reader struct -> {
                    if (struct.schema().id() != type.id()) {
                        throw Conversions.mismatch(value, "a struct of type " + type);
                    }
                    structs.setCopy(index, struct);
                }
                case DynamicStruct.Builder struct -> writeStruct(structs, index, struct.asReader());
                case dev.capstan.capnp.StructReader struct -> structs.setCopy(index, struct);
                case java.util.Map<?, ?> fields -> PointerWrites.setAll(struct(index), fields);
                default -> throw Conversions.mismatch(value, "a struct of type " + type);
            }
        }

        /** Opens the struct at {@code index} for writing. */
        public DynamicStruct.Builder struct(int index) {
            if (elements.get(index) instanceof DynamicStruct.Builder struct) {
                return struct;
            }
            throw new IllegalArgumentException("This is a " + schema + "; its elements are no structs.");
        }

        /** Opens the list at {@code index} for writing. */
        public Builder list(int index) {
            return listType().edit(any(index));
        }

        /** Makes a new list of {@code size} elements at {@code index}. */
        public Builder initList(int index, int size) {
            return listType().init(any(index), size);
        }

        /** Makes new data of {@code size} zero bytes at {@code index}. */
        public Data.Builder initData(int index, int size) {
            if (schema.element() != Type.Scalar.DATA) {
                throw new IllegalArgumentException("This is a " + schema + "; its elements are no Data.");
            }
            return any(index).init(Data.TYPE, size);
        }

        /** Takes the element at {@code index}, which lives behind a pointer, out of the list and leaves null. It is not copied. */
        public DynamicOrphan disown(int index) {
            return DynamicOrphan.disown(schema.element(), any(index));
        }

        /**
         * Puts a value of the same message in place of the element at {@code index}, which lives behind a pointer. The orphan is used up.
         *
         * @throws IllegalArgumentException if it is of another type or another message; it and the element are as they were then
         */
        public void adopt(int index, DynamicOrphan orphan) {
            orphan.adoptInto(schema.element(), any(index));
        }

        /** The pointer at {@code index}, to be set to anything that the element type allows. */
        public AnyPointer.Builder any(int index) {
            if (elements instanceof PointerList.Builder<?, ?> pointers) {
                return pointers.any(index);
            }
            throw new IllegalArgumentException("This is a " + schema + "; its elements are no pointers.");
        }

        /** As {@link Reader#toString}. */
        @Override
        public String toString() {
            return asReader().toString();
        }

        private ListSchema listType() {
            if (schema.element() instanceof ListSchema type) {
                return type;
            }
            throw new IllegalArgumentException("This is a " + schema + "; its elements are no lists.");
        }
    }
}
