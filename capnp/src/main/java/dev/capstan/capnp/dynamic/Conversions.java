package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.EnumValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * What may stand for what: plain Java objects and dynamic values on one side, types of the schema on the other. Nothing is cut off: an
 * integer has to fit, a float given for an integer must have no fraction. Only floats are rounded.
 *
 * <p>The texts do not say where; whoever sets a field puts its name in front.
 */
final class Conversions {
    private static final double TWO_TO_63 = 0x1p63;
    private static final BigInteger UINT64_MAX = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private Conversions() {}

    static IllegalArgumentException mismatch(Object value, String expected) {
        return new IllegalArgumentException("The value is " + describe(value) + ", not " + expected + ".");
    }

    private static String describe(Object value) {
        return switch (value) {
            case DynamicValue.Nothing v -> "Void";
            case DynamicValue.Bool v -> "the Bool " + v.value();
            case DynamicValue.Int v -> "the integer " + v.value();
            case DynamicValue.UInt v -> "the integer " + Long.toUnsignedString(v.value());
            case DynamicValue.Real v -> "the float " + v.value();
            case DynamicValue.Text v -> "Text";
            case DynamicValue.Bytes v -> "Data";
            case DynamicValue.Capability v -> "a capability of " + v.schema();
            case DynamicValue.Any v -> "any pointer";
            case DynamicEnum v -> "the enumerant " + v + " of " + v.schema();
            case DynamicStruct.Reader v -> "a struct of type " + v.schema();
            case DynamicList.Reader v -> "a " + v.schema();
            case Boolean v -> "the Bool " + v;
            case Number v -> "the number " + v;
            default -> "of class " + value.getClass().getSimpleName();
        };
    }

    static boolean bool(Object value) {
        return switch (value) {
            case Boolean b -> b;
            case DynamicValue.Bool(boolean b) -> b;
            default -> throw mismatch(value, "a Bool");
        };
    }

    /** The bits of an integer that fits {@code type}. */
    static long integer(Object value, Type.Scalar type) {
        return switch (value) {
            case Long n -> signed(n, type);
            case Integer n -> signed(n, type);
            case Short n -> signed(n, type);
            case Byte n -> signed(n, type);
            case DynamicValue.Int(long n) -> signed(n, type);
            case DynamicValue.UInt(long n) -> unsigned(n, type);
            case DynamicValue.Real(double n) -> floating(n, type);
            case Double n -> floating(n, type);
            case Float n -> floating(n, type);
            case BigInteger n -> big(n, type);
            default -> throw mismatch(value, "an integer");
        };
    }

    private static boolean isUnsigned(Type.Scalar type) {
        return switch (type) {
            case UINT8, UINT16, UINT32, UINT64 -> true;
            default -> false;
        };
    }

    private static long signed(long n, Type.Scalar type) {
        boolean fits;
        if (isUnsigned(type)) {
            fits = n >= 0 && (type.bits == 64 || n >>> type.bits == 0);
        } else {
            long sign = n >> (type.bits - 1);
            fits = sign == 0 || sign == -1;
        }
        if (!fits) {
            throw outOfRange(Long.toString(n), type);
        }
        return n;
    }

    private static long unsigned(long n, Type.Scalar type) {
        if (n >= 0) {
            return signed(n, type);
        }
        if (type != Type.Scalar.UINT64) {
            throw outOfRange(Long.toUnsignedString(n), type);
        }
        return n;
    }

    private static long floating(double n, Type.Scalar type) {
        if (n != Math.rint(n) || Double.isInfinite(n)) {
            throw new IllegalArgumentException(n + " is not an integer, as " + type + " needs.");
        }
        if (n >= -TWO_TO_63 && n < TWO_TO_63) {
            return signed((long) n, type);
        }
        return big(new BigDecimal(n).toBigInteger(), type);
    }

    private static long big(BigInteger n, Type.Scalar type) {
        if (n.bitLength() < 64) {
            return signed(n.longValue(), type);
        }
        if (n.signum() < 0 || n.compareTo(UINT64_MAX) > 0) {
            throw outOfRange(n.bitLength() > 128 ? "A number of " + n.bitLength() + " bits" : n.toString(), type);
        }
        return unsigned(n.longValue(), type);
    }

    private static IllegalArgumentException outOfRange(String n, Type.Scalar type) {
        String range;
        if (isUnsigned(type)) {
            range = "0 to " + Long.toUnsignedString(-1L >>> (64 - type.bits));
        } else {
            long max = Long.MAX_VALUE >>> (64 - type.bits);
            range = ~max + " to " + max;
        }
        return new IllegalArgumentException(n + " does not fit " + type + ", which is " + range + ".");
    }

    static double floating(Object value) {
        return switch (value) {
            case Number n -> n.doubleValue();
            case DynamicValue.Real(double n) -> n;
            case DynamicValue.Int(long n) -> n;
            case DynamicValue.UInt(long n) -> n >= 0 ? n : ((n >>> 1) | (n & 1)) * 2.0;
            default -> throw mismatch(value, "a number");
        };
    }

    static float float32(Object value) {
        double wide = floating(value);
        float narrow = (float) wide;
        if (Float.isInfinite(narrow) && !Double.isInfinite(wide)) {
            throw new IllegalArgumentException(wide + " does not fit Float32, which ends at " + Float.MAX_VALUE + ".");
        }
        return narrow;
    }

    static String text(Object value) {
        return switch (value) {
            case CharSequence s -> s.toString();
            case DynamicValue.Text(String s) -> s;
            default -> throw mismatch(value, "Text");
        };
    }

    static Data data(Object value) {
        return switch (value) {
            case Data d -> d;
            case DynamicValue.Bytes(Data d) -> d;
            case byte[] bytes -> Data.of(bytes);
            case CharSequence s -> Data.of(s.toString().getBytes(StandardCharsets.UTF_8));
            case DynamicValue.Text(String s) -> Data.of(s.getBytes(StandardCharsets.UTF_8));
            default -> throw mismatch(value, "Data");
        };
    }

    /** The number of an enumerant, which may be given by name, number, generated or dynamic value. */
    static int enumerant(Object value, EnumSchema schema) {
        return switch (value) {
            case DynamicEnum e -> {
                if (e.schema().id() != schema.id()) {
                    throw mismatch(value, "of enum " + schema);
                }
                yield e.raw();
            }
            case EnumValue e -> EnumValue.writable(e);
            case CharSequence name -> schema.enumerant(name.toString()).raw();
            case DynamicValue.Text(String name) -> schema.enumerant(name).raw();
            default -> (int) integer(value, Type.Scalar.UINT16);
        };
    }
}
