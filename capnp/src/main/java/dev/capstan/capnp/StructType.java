package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

/**
 * A struct type as generated code declares it: the size of its sections in the schema at hand, and how to make a reader
 * and a builder for one.
 *
 * <p>A struct in a message may be smaller or larger than this, because it was written by an older or a newer schema.
 * Readers cope with both; builders enlarge a smaller struct when it is opened for writing.
 *
 * @param <B> the generated builder
 * @param <R> the generated reader
 */
public abstract class StructType<B extends StructBuilder, R extends StructReader> extends PointerType<B, R> {
    final int dataWords;
    final int pointerCount;
    private final long typeId;
    private final @Nullable CompiledSchema schema;

    /** For types without a schema of their own; sizes as in schema.capnp's {@code Node.struct}. */
    protected StructType(int dataWords, int pointerCount) {
        this(dataWords, pointerCount, 0, null);
    }

    /** For generated code; {@code typeId} is the id of a node in {@code schema}. */
    protected StructType(int dataWords, int pointerCount, long typeId, @Nullable CompiledSchema schema) {
        this.dataWords = dataWords;
        this.pointerCount = pointerCount;
        this.typeId = typeId;
        this.schema = schema;
    }

    /** Size of the data section in words. */
    public final int dataWords() {
        return dataWords;
    }

    /** Size of the pointer section in pointers. */
    public final int pointerCount() {
        return pointerCount;
    }

    /** For generated code: passes its arguments on to the constructor of the reader. */
    protected abstract R reader(Segment segment, long data, int dataBits, int pointerCount, int depthLeft);

    /** For generated code: passes its arguments on to the constructor of the builder. */
    protected abstract B builder(Segment segment, long data, int dataBits, int pointerCount);

    /** The id of the schema node that this was generated from, unsigned; 0 if it was not. */
    public final long typeId() {
        return typeId;
    }

    /** The schema of the file that this was generated from; null if it was not. */
    public final @Nullable CompiledSchema schema() {
        return schema;
    }

    /**
     * A struct of which only the data section is at hand, such as {@link AnyStruct.Reader#data} gives it: all its pointers are null. What the section is too
     * short for reads as its default.
     *
     * @throws IllegalArgumentException if {@code section} is not 0 to 65,535 words (8 bytes each), as a section in a message is
     */
    public final R ofData(Data section) {
        if (section.size() % 8 != 0 || section.size() > 8 * 0xffff) {
            throw new IllegalArgumentException(
                    "a data section is 0 to 65,535 words of 8 bytes, not " + section.size() + " bytes");
        }
        return reader(section.segment, section.start, 8 * section.size(), 0, Integer.MAX_VALUE);
    }

    /** The storage of {@code struct} read as this type, as two generations of one type allow; every access is checked. */
    public final R view(StructReader struct) {
        return reader(struct.segment, struct.data, struct.dataBits, struct.pointerCount, struct.depthLeft());
    }

    /**
     * The storage of {@code struct} written as this type.
     *
     * @throws IllegalArgumentException if it is smaller than this type
     */
    public final B view(StructBuilder struct) {
        if (!struct._holds(64 * dataWords, pointerCount)) {
            throw new IllegalArgumentException("The struct has " + struct.dataBits() / 64 + " words of data and "
                    + (int) struct.pointerCount + " pointers; this type needs " + dataWords + " and " + pointerCount
                    + ". Copy it into a new struct of this type instead.");
        }
        return builder(struct.segment, struct.position(), struct.dataBits(), struct.pointerCount);
    }

    /** For generated code, which overrides it with the same for its own type: a list of such structs, see {@link StructList.Readers}. */
    protected StructList.Readers<R> readers(Elements elements) {
        return new StructList.Readers<>(elements) {
            @Override
            protected R element(Segment segment, long data, int dataBits, int pointerCount, int depthLeft) {
                return reader(segment, data, dataBits, pointerCount, depthLeft);
            }

            @Override
            protected StructList.Readers<R> again(Elements same) {
                return readers(same);
            }
        };
    }

    /** For generated code, as {@link #readers}. */
    protected StructList.Builders<B> builders(Elements elements) {
        return new StructList.Builders<>(elements) {
            @Override
            protected B element(Segment segment, long data, int dataBits, int pointerCount) {
                return builder(segment, data, dataBits, pointerCount);
            }

            @Override
            protected StructList.Builders<B> again(Elements same) {
                return builders(same);
            }
        };
    }

    @Override
    public final R asReader(B builder) {
        return reader(builder.segment, builder.position(), builder.dataBits(), builder.pointerCount, Integer.MAX_VALUE);
    }

    @Override
    final R read(Segment segment, long at, int depthLeft) {
        return Structs.read(this, segment, at, depthLeft);
    }

    @Override
    final B edit(Segment segment, long at) {
        return StructWrites.edit(this, segment, at);
    }

    @Override
    final B init(Segment segment, long at, int size) {
        return StructWrites.init(this, segment, at);
    }

    @Override
    final void write(Segment segment, long at, R value) {
        Copies.writeStruct(segment, at, value);
    }
}
