package dev.capstan.capnpc.compile;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Types that are there without being declared. A file can declare others of the same name. */
enum Builtin implements Referent {
    VOID("Void", Type.Simple.VOID),
    BOOL("Bool", Type.Simple.BOOL),
    INT8("Int8", Type.Simple.INT8),
    INT16("Int16", Type.Simple.INT16),
    INT32("Int32", Type.Simple.INT32),
    INT64("Int64", Type.Simple.INT64),
    UINT8("UInt8", Type.Simple.UINT8),
    UINT16("UInt16", Type.Simple.UINT16),
    UINT32("UInt32", Type.Simple.UINT32),
    UINT64("UInt64", Type.Simple.UINT64),
    FLOAT32("Float32", Type.Simple.FLOAT32),
    FLOAT64("Float64", Type.Simple.FLOAT64),
    TEXT("Text", Type.Simple.TEXT),
    DATA("Data", Type.Simple.DATA),
    LIST("List", null),
    ANY_POINTER("AnyPointer", Type.Simple.ANY_POINTER),
    ANY_STRUCT("AnyStruct", Type.Simple.ANY_STRUCT),
    ANY_LIST("AnyList", Type.Simple.ANY_LIST),
    CAPABILITY("Capability", Type.Simple.CAPABILITY);

    static final Map<String, Builtin> BY_NAME =
            Map.copyOf(Arrays.stream(values()).collect(Collectors.toMap(Builtin::text, Function.identity())));

    private final String text;
    private final Type.@Nullable Simple type;
    private final long id;

    Builtin(String text, Type.@Nullable Simple type) {
        this.text = text;
        this.type = type;
        id = Ids.ofChild(0, text) & Long.MAX_VALUE;
    }

    static Builtin of(Type.Simple type) {
        return Arrays.stream(values())
                .filter(builtin -> builtin.type == type)
                .findAny()
                .orElseThrow();
    }

    @Override
    public String text() {
        return text;
    }

    /** Null for {@link #LIST}, which needs an argument. */
    Type.@Nullable Simple type() {
        return type;
    }

    /** No schema can name it: bit 63 is not set. */
    @Override
    public long id() {
        return id;
    }

    @Override
    public int parameterCount() {
        return this == LIST ? 1 : 0;
    }

    @Override
    public @Nullable Node parent() {
        return null;
    }
}
