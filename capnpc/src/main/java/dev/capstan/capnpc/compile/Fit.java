package dev.capstan.capnpc.compile;

/** Whether a value can stand where a type is expected. */
final class Fit {
    private Fit() {}

    static boolean fits(Value value, Type type) {
        return switch (value) {
            case Value.Nothing nothing -> type == Type.Simple.VOID;
            case Value.Bool bool -> type == Type.Simple.BOOL;
            case Value.Whole whole -> type instanceof Type.Simple simple && isInRange(whole, simple);
            case Value.Fraction fraction -> type == Type.Simple.FLOAT32 || type == Type.Simple.FLOAT64;
            case Value.Text text -> type == Type.Simple.TEXT;
            case Value.Binary binary -> type == Type.Simple.DATA;
            case Value.Enumerant enumerant -> type instanceof Type.Named named && named.node() == enumerant.type();
            case Value.ListValue list ->
                type == Type.Simple.ANY_POINTER || type == Type.Simple.ANY_LIST || type.equals(list.type());
            case Value.StructValue struct ->
                type == Type.Simple.ANY_POINTER || type == Type.Simple.ANY_STRUCT || type.equals(struct.type());
            case Value.Embedded struct ->
                type == Type.Simple.ANY_POINTER || type == Type.Simple.ANY_STRUCT || type.equals(struct.type());
            case Value.GroupValue group -> false;
        };
    }

    static boolean isNumber(Type type) {
        return type instanceof Type.Simple simple
                && simple.compareTo(Type.Simple.INT8) >= 0
                && simple.compareTo(Type.Simple.FLOAT64) <= 0;
    }

    private static boolean isInRange(Value.Whole whole, Type.Simple type) {
        return switch (type) {
            case INT8, INT16, INT32, INT64 -> {
                long most = -1L >>> (65 - Type.bits(type));
                yield whole.isNegative() ? whole.bits() >= ~most : Long.compareUnsigned(whole.bits(), most) <= 0;
            }
            case UINT8, UINT16, UINT32, UINT64 ->
                !whole.isNegative() && Long.compareUnsigned(whole.bits(), -1L >>> (64 - Type.bits(type))) <= 0;
            case FLOAT32, FLOAT64 -> true;
            default -> false;
        };
    }
}
