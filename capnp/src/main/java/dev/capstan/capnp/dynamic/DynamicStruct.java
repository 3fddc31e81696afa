package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.CompiledSchema;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Segment;
import dev.capstan.capnp.StructBuilder;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Structs whose fields go by name. {@link StructSchema#structType} makes readers and builders in any message, {@link #of} sees what generated
 * code holds through a schema, and {@code as} goes back. All of them are views of one message.
 *
 * <p>A name that the struct does not have, a {@link Field} of another struct, a member of a union that is not the one that is set, and a value
 * that does not fit give {@link IllegalArgumentException}; a message that is malformed gives {@link dev.capstan.capnp.MessageException}, as
 * everywhere.
 */
public final class DynamicStruct {
    private DynamicStruct() {}

    /** A struct of a generated type, or of none in particular, seen through {@code schema}. */
    public static Reader of(StructSchema schema, StructReader struct) {
        return schema.structType().view(struct);
    }

    /** A struct of a generated type, or of none in particular, seen through {@code schema}, which must not be larger than it. */
    public static Builder of(StructSchema schema, StructBuilder struct) {
        return schema.structType().view(struct);
    }

    /** For generated code: what {@code toString} of a reader gives, see {@link DynamicValue}. */
    public static String describe(StructReader struct, CompiledSchema file, long typeId) {
        try {
            return of((StructSchema) new SchemaLoader().load(file, typeId), struct)
                    .toString();
        } catch (SchemaException e) {
            return "<" + e.getMessage() + ">";
        }
    }

    /** The reading side: an immutable value, see {@link StructReader}. */
    public static final class Reader extends StructReader implements DynamicValue {
        private final StructSchema schema;

        Reader(StructSchema schema, Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
            super(segment, data, dataBits, pointerCount, depthLeft);
            this.schema = schema;
        }

        private Reader(StructSchema schema, StructReader same) {
            super(same);
            this.schema = schema;
        }

        Reader(StructSchema schema, StructBuilder same) {
            super(same);
            this.schema = schema;
        }

        /** The schema. */
        public StructSchema schema() {
            return schema;
        }

        /** The value of a field; its default where the message has none. */
        public DynamicValue get(String name) {
            return get(schema.field(name));
        }

        /** The value of a field; its default where the message has none. */
        public DynamicValue get(Field field) {
            Fields.requireSet(field, schema, whichRaw());
            FieldLayout layout = field.layout;
            Type type = field.type();
            if (layout.isGroup()) {
                return new Reader((StructSchema) type, this);
            }
            return type.isPointer()
                    ? Values.of(type, _any(layout.offset(), layout.defaultPointer()))
                    : ScalarBits.value(type, rawBits(layout, type) ^ layout.defaultBits());
        }

        /**
         * Whether a field is there: behind its pointer is something, or it has no pointer. Members of the union that are not set are not
         * there.
         */
        public boolean has(String name) {
            return has(schema.field(name));
        }

        /** As {@link #has(String)}. */
        public boolean has(Field field) {
            return Fields.isSet(field, schema, whichRaw())
                    && (field.isGroup() || !field.type().isPointer() || !_isNull(field.layout.offset()));
        }

        /** Whether a field is there and, if it has no pointer, differs from its default; a group, if one of its fields does. */
        public boolean hasNonDefault(String name) {
            return hasNonDefault(schema.field(name));
        }

        /** As {@link #hasNonDefault(String)}. */
        public boolean hasNonDefault(Field field) {
            return hasNonDefault(field, schema.entry.loader.limits().groupNesting());
        }

        boolean hasNonDefault(Field field, int levels) {
            if (!has(field)) {
                return false;
            }
            if (field.isGroup()) {
                Groups.requireLevels(field, levels);
                return Groups.hasNonDefault(get(field).asStruct(), levels);
            }
            Type type = field.type();
            return type.isPointer() || rawBits(field.layout, type) != 0;
        }

        /** What lies in the message, which is zero where the field has its default. */
        private long rawBits(FieldLayout layout, Type type) {
            int offset = layout.offset();
            return switch (ScalarBits.size(type)) {
                case 0 -> 0;
                case 1 -> _bool(offset, false) ? 1 : 0;
                case 8 -> _int8(offset, (byte) 0);
                case 16 -> _int16(offset, (short) 0);
                case 32 -> _int32(offset, 0);
                default -> _int64(offset, 0);
            };
        }

        /** The member of the unnamed union that is set; null if there is no union, or the member is not known to the schema. */
        public @Nullable Field which() {
            return schema.fieldByDiscriminant(whichRaw());
        }

        /** The discriminant of the unnamed union, whether or not the schema knows it; -1 if there is no union. */
        public int whichRaw() {
            int offset = schema.discriminantOffset();
            return offset < 0 ? -1 : _uint16(offset, 0);
        }

        /**
         * This struct as a generated type.
         *
         * @throws IllegalArgumentException if the type is known to be another one
         */
        public <R extends StructReader> R as(StructType<?, R> type) {
            Fields.requireType(schema, type);
            return type.view(this);
        }

        /** As the schema language writes it, in one line, see {@link DynamicValue}. */
        @Override
        public String toString() {
            return Printer.describe(this);
        }
    }

    /** The writing side, see {@link StructBuilder}. */
    public static final class Builder extends StructBuilder {
        private final StructSchema schema;

        Builder(StructSchema schema, Segment segment, long data, int dataBits, int pointerCount) {
            super(segment, data, dataBits, pointerCount);
            this.schema = schema;
        }

        private Builder(StructSchema schema, StructBuilder same) {
            super(same);
            this.schema = schema;
        }

        /** The schema. */
        public StructSchema schema() {
            return schema;
        }

        /** A view of the same struct; it shows later changes too. */
        public Reader asReader() {
            return new Reader(schema, this);
        }

        /** The value of a field, as {@link Reader#get(String)}: what is behind pointers is seen, not opened for writing. */
        public DynamicValue get(String name) {
            return asReader().get(name);
        }

        /** As {@link #get(String)}. */
        public DynamicValue get(Field field) {
            return asReader().get(field);
        }

        /** Whether a field is there, as {@link Reader#has(String)}. */
        public boolean has(String name) {
            return asReader().has(name);
        }

        /** Whether a field differs from its default, as {@link Reader#hasNonDefault(String)}. */
        public boolean hasNonDefault(String name) {
            return asReader().hasNonDefault(name);
        }

        /** The member of the union that is set, as {@link Reader#which()}. */
        public @Nullable Field which() {
            return asReader().which();
        }

        /**
         * Sets a field; a member of the union becomes the one that is set.
         *
         * <p>{@code value} may be a {@link DynamicValue} or what stands for the type in plain Java: Boolean; any number that fits; String; {@link
         * Data} or byte array; an enumerant's name, number or generated value; a struct of generated or dynamic type, or a Map of the fields to
         * set; any {@link Collection} of such elements; a {@link dev.capstan.capnp.Client}, {@link dev.capstan.cap.Cap} (both are
         * shared, and stay the caller's) or {@link dev.capstan.capnp.CapServer} (not in lists). Content is copied; the
         * elements of a collection must not be views of the list that they replace. Null clears a field that lives behind a
         * pointer.
         *
         * @throws IllegalArgumentException if the value does not fit. The field is as it was; only of a map or a list some part may have been set
         *     before, and if the field is a member of a union, it is set and empty then
         */
        public void set(String name, @Nullable Object value) {
            set(schema.field(name), value);
        }

        /** As {@link #set(String, Object)}. */
        public void set(Field field, @Nullable Object value) {
            Fields.requireOwn(field, schema);
            try {
                if (field.isGroup()) {
                    Groups.set(initGroup(field), value, groupNesting());
                } else if (field.type().isPointer()) {
                    setPointer(field, value);
                } else {
                    setData(field, value);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Field " + field + " of " + schema + ": " + e.getMessage(), e);
            }
        }

        private void setData(Field field, @Nullable Object value) {
            FieldLayout layout = field.layout;
            Type type = field.type();
            if (value == null) {
                throw new IllegalArgumentException("null does not stand for " + type + "; clear() sets the default.");
            }
            requireRoom(field);
            putBits(layout, type, ScalarBits.of(type, value) ^ layout.defaultBits());
            select(field);
        }

        /** Writes as many of the bits as the type has. */
        private void putBits(FieldLayout layout, Type type, long bits) {
            int offset = layout.offset();
            switch (ScalarBits.size(type)) {
                case 0 -> {}
                case 1 -> _setBool(offset, (bits & 1) != 0, false);
                case 8 -> _setInt8(offset, (byte) bits, (byte) 0);
                case 16 -> _setInt16(offset, (short) bits, (short) 0);
                case 32 -> _setInt32(offset, (int) bits, 0);
                default -> _setInt64(offset, bits, 0);
            }
        }

        private void setPointer(Field field, @Nullable Object value) {
            if (value instanceof dev.capstan.capnp.CapServer object
                    && (field.type() instanceof InterfaceSchema || field.type() instanceof Type.Any)) {
                select(field);
                _setServer(pointerIndex(field), object);
                return;
            }
            try {
                PointerWrites.set(field.type(), _any(pointerIndex(field)), value);
            } catch (IllegalArgumentException e) {
                if (field.isInUnion() && (value instanceof Map || value instanceof Collection)) {
                    // Part of it may be there, in the place of the member that is set, which is of another type.
                    clear(field);
                }
                throw e;
            }
            select(field);
        }

        /** Opens a struct or group for writing; a struct that is not there yet becomes its default first. */
        public Builder struct(String name) {
            return struct(schema.field(name));
        }

        /** As {@link #struct(String)}. */
        public Builder struct(Field field) {
            Fields.requireSet(field, schema, asReader().whichRaw());
            if (!(field.type() instanceof StructSchema type)) {
                throw new IllegalArgumentException(Fields.describe(field) + " is no struct.");
            }
            return field.isGroup() ? group(field, type) : open(field).as(type.structType());
        }

        /** Makes a new struct, or resets a group, in place of what was there; a member of the union becomes the one that is set. */
        public Builder initStruct(String name) {
            return initStruct(schema.field(name));
        }

        /** As {@link #initStruct(String)}. */
        public Builder initStruct(Field field) {
            Fields.requireOwn(field, schema);
            if (field.isGroup()) {
                return initGroup(field);
            }
            if (!(field.type() instanceof StructSchema type)) {
                throw new IllegalArgumentException(Fields.describe(field) + " is no struct.");
            }
            Builder struct = _init(type.structType(), pointerIndex(field));
            select(field);
            return struct;
        }

        private Builder initGroup(Field field) {
            clear(field);
            return group(field, (StructSchema) field.type());
        }

        private Builder group(Field field, StructSchema type) {
            if (!_holds(64 * type.entry.dataWords(), type.entry.pointerCount())) {
                throw new IllegalArgumentException(
                        Fields.describe(field)
                                + " needs more room than this struct has: it was made by an older schema. Copy it into a new one.");
            }
            return new Builder(type, this);
        }

        /** Opens a list for writing; one that is not there yet becomes its default first. */
        public DynamicList.Builder list(String name) {
            return list(schema.field(name));
        }

        /** As {@link #list(String)}. */
        public DynamicList.Builder list(Field field) {
            Fields.requireSet(field, schema, asReader().whichRaw());
            return listType(field).edit(open(field));
        }

        /** Makes a new list of {@code size} elements in place of what was there. */
        public DynamicList.Builder initList(String name, int size) {
            return initList(schema.field(name), size);
        }

        /** As {@link #initList(String, int)}. */
        public DynamicList.Builder initList(Field field, int size) {
            Fields.requireOwn(field, schema);
            DynamicList.Builder list = listType(field).init(_any(pointerIndex(field)), size);
            select(field);
            return list;
        }

        private ListSchema listType(Field field) {
            if (field.type() instanceof ListSchema type) {
                return type;
            }
            throw new IllegalArgumentException(Fields.describe(field) + " is no list.");
        }

        /** Makes new data of {@code size} zero bytes in place of what was there. */
        public Data.Builder initData(String name, int size) {
            Field field = schema.field(name);
            if (field.type() != Type.Scalar.DATA) {
                throw new IllegalArgumentException(Fields.describe(field) + " is no Data.");
            }
            Data.Builder data = _initData(pointerIndex(field), size);
            select(field);
            return data;
        }

        /** The pointer of a field whose type is not known to the schema, to be set to anything; a member of the union must be set already. */
        public AnyPointer.Builder any(String name) {
            return any(schema.field(name));
        }

        /** As {@link #any(String)}. */
        public AnyPointer.Builder any(Field field) {
            Fields.requireSet(field, schema, asReader().whichRaw());
            if (!(field.type() instanceof Type.Any)) {
                throw new IllegalArgumentException(Fields.describe(field) + " is no AnyPointer.");
            }
            return open(field);
        }

        /** Makes the pointer null and gives it, to be set to anything; a member of the union becomes the one that is set. */
        public AnyPointer.Builder initAny(String name) {
            Field field = schema.field(name);
            clear(field);
            return any(field);
        }

        /** Sets a field to its default; a member of the union becomes the one that is set. A group's union goes back to its first member. */
        public void clear(String name) {
            clear(schema.field(name));
        }

        /** As {@link #clear(String)}. */
        public void clear(Field field) {
            Fields.requireOwn(field, schema);
            clear(field, groupNesting());
        }

        void clear(Field field, int levels) {
            Type type = field.type();
            if (field.isGroup()) {
                Groups.requireLevels(field, levels);
                Groups.clear(group(field, (StructSchema) type), levels);
            } else if (type.isPointer()) {
                _clear(pointerIndex(field));
            } else {
                requireRoom(field);
                putBits(field.layout, type, 0);
            }
            select(field);
        }

        private int groupNesting() {
            return schema.entry.loader.limits().groupNesting();
        }

        /**
         * Takes the value of a field out of the struct and leaves its default, as {@link #clear(String)}; a member of the union must be the one
         * that is set. What is behind a pointer is not copied; a group is moved field by field into a struct of its own.
         */
        public DynamicOrphan disown(String name) {
            return disown(schema.field(name));
        }

        /** As {@link #disown(String)}. */
        public DynamicOrphan disown(Field field) {
            Fields.requireSet(field, schema, asReader().whichRaw());
            Type type = field.type();
            if (field.isGroup()) {
                return Groups.disown(this, field, groupNesting());
            }
            if (type.isPointer()) {
                return DynamicOrphan.disown(type, _any(pointerIndex(field)));
            }
            DynamicOrphan orphan = DynamicOrphan.ofScalar(type, get(field));
            clear(field);
            return orphan;
        }

        /**
         * Puts a value of the same message in place of a field's; a member of the union becomes the one that is set. The orphan is used up.
         *
         * @throws IllegalArgumentException if it is of another type or another message; it and the field are as they were then
         */
        public void adopt(String name, DynamicOrphan orphan) {
            adopt(schema.field(name), orphan);
        }

        /** As {@link #adopt(String, DynamicOrphan)}. */
        public void adopt(Field field, DynamicOrphan orphan) {
            Fields.requireOwn(field, schema);
            try {
                if (field.isGroup()) {
                    Groups.adopt(this, field, orphan, groupNesting());
                } else if (field.type().isPointer()) {
                    orphan.adoptInto(field.type(), _any(pointerIndex(field)));
                } else {
                    setData(field, orphan.get());
                    orphan.close();
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(Fields.describe(field) + ": " + e.getMessage(), e);
            }
            select(field);
        }

        /**
         * This struct as a generated type.
         *
         * @throws IllegalArgumentException if the type is known to be another one, or larger than this struct
         */
        public <B extends StructBuilder> B as(StructType<B, ?> type) {
            Fields.requireType(schema, type);
            return type.view(this);
        }

        /** As {@link Reader#toString}. */
        @Override
        public String toString() {
            return asReader().toString();
        }

        /** The pointer of a field, with its default behind it if it was null. */
        private AnyPointer.Builder open(Field field) {
            AnyPointer.Builder pointer = _any(pointerIndex(field));
            AnyPointer.Reader orElse = field.layout.defaultPointer();
            if (orElse != null && pointer.isNull()) {
                pointer.set(orElse);
            }
            return pointer;
        }

        private int pointerIndex(Field field) {
            int index = field.layout.offset();
            if (!_holds(0, index + 1)) {
                throw Fields.tooSmall(field);
            }
            return index;
        }

        private void requireRoom(Field field) {
            int bits = ScalarBits.size(field.type());
            if (bits != 0 && !_holds(bits * (field.layout.offset() + 1), 0)) {
                throw Fields.tooSmall(field);
            }
        }

        /** Makes a member of the union the one that is set. */
        private void select(Field field) {
            if (field.isInUnion()) {
                int offset = schema.discriminantOffset();
                if (!_holds(16 * (offset + 1), 0)) {
                    throw Fields.tooSmall(field);
                }
                _setInt16(offset, (short) field.discriminant(), (short) 0);
            }
        }
    }
}
