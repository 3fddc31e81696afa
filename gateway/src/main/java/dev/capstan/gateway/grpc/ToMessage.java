package dev.capstan.gateway.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.TypedBytes;
import dev.capstan.gateway.translate.Place;
import dev.capstan.grpc.services.DescriptorPool;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.text.ParseException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One translation of a tree of values to a message. Values are borrowed. */
final class ToMessage {
    private static final BigInteger MOST_UNSIGNED =
            BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE);
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private static final Pattern DURATION = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,9})?s");

    private final Place place;
    private final Dialect dialect;
    private final DescriptorPool types;
    private final Members members;

    /** {@code types} are those that an {@code Any} may hold. */
    ToMessage(Place place, Dialect dialect, DescriptorPool types, Members members) {
        this.place = place;
        this.dialect = dialect;
        this.types = types;
        this.members = members;
    }

    /**
     * A message of {@code type}.
     *
     * @throws dev.capstan.cap.Failure if the value does not fit
     */
    DynamicMessage message(Descriptor type, @Nullable Object value) {
        place.down();
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        WellKnown known = dialect.isJavaScript() ? WellKnown.of(type) : null;
        if (known == null) {
            fields(message, object(value, type));
        } else {
            wellKnown(known, message, value);
        }
        if (!message.isInitialized()) {
            throw place.wrong("required fields are missing: " + message.findInitializationErrors());
        }
        place.up();
        return message.build();
    }

    private Map<?, ?> object(@Nullable Object value, Descriptor type) {
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        throw place.mismatch(value, "an object with the members " + names(type));
    }

    private static List<String> names(Descriptor type) {
        return type.getFields().stream().map(FieldDescriptor::getJsonName).toList();
    }

    private void fields(DynamicMessage.Builder message, Map<?, ?> object) {
        Descriptor type = message.getDescriptorForType();
        for (Map.Entry<?, ?> member : object.entrySet()) {
            if (member.getValue() != JsValue.UNDEFINED) {
                String name = (String) member.getKey();
                field(message, type, name, optional(type, name, member.getValue()));
            }
        }
    }

    /** From a union with nothing, if that is how such a field looks. */
    private @Nullable Object optional(Descriptor type, String name, @Nullable Object value) {
        if (!dialect.isJavaScript() && value instanceof Map<?, ?> union) {
            FieldDescriptor field = members.find(type, name);
            return field != null && Matching.isOptional(field) ? union.get(Matching.VALUE) : value;
        }
        return value;
    }

    private void field(DynamicMessage.Builder message, Descriptor type, String name, @Nullable Object value) {
        place.values(1);
        place.enter(name);
        FieldDescriptor field = members.find(type, name);
        boolean inOneof = field != null && field.getRealContainingOneof() != null;
        if (field == null) {
            // The member of a union that stands for none of those that the message has.
            if (value != null || dialect.isJavaScript()) {
                throw place.wrong("there is no such member; there are " + names(type));
            }
        } else if (value != null
                || (dialect.isJavaScript() ? !field.isRepeated() && WellKnown.takesNull(field) : inOneof)) {
            OneofDescriptor union = field.getRealContainingOneof();
            if (union != null && message.hasOneof(union)) {
                throw place.wrong("'" + message.getOneofFieldDescriptor(union).getJsonName() + "' and '" + name
                        + "' are members of one union: give one of them");
            }
            if (!field.isRepeated()) {
                // In a union of Cap'n Proto a struct may be chosen that is not there: that is an empty one.
                boolean isChosen = value == null && !dialect.isJavaScript();
                message.setField(field, single(field, isChosen ? Map.of() : value));
            } else if (field.isMapField() && dialect.isJavaScript()) {
                map(message, field, value);
            } else {
                list(message, field, value);
            }
        }
        place.leave();
    }

    private void list(DynamicMessage.Builder message, FieldDescriptor field, @Nullable Object value) {
        if (!(value instanceof List<?> array)) {
            throw place.mismatch(value, "an array");
        }
        place.values(array.size());
        place.down();
        Set<Object> keys = new HashSet<>();
        for (int i = 0; i < array.size(); i++) {
            place.enter(i);
            Object element = single(field, array.get(i));
            if (field.isMapField() && element instanceof Message entry && !keys.add(WellKnown.part(entry, 1))) {
                throw place.wrong("there was an entry with this key before, and a map has one of each");
            }
            message.addRepeatedField(field, element);
            place.leave();
        }
        place.up();
    }

    private void map(DynamicMessage.Builder message, FieldDescriptor field, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> object)) {
            throw place.mismatch(value, "an object, whose members are the entries of a map");
        }
        place.values(object.size());
        place.down();
        Descriptor type = field.getMessageType();
        FieldDescriptor keys = WellKnown.field(type, "key");
        FieldDescriptor values = WellKnown.field(type, "value");
        for (Map.Entry<?, ?> member : object.entrySet()) {
            if (member.getValue() != JsValue.UNDEFINED) {
                String name = (String) member.getKey();
                place.enter(name);
                message.addRepeatedField(
                        field,
                        DynamicMessage.newBuilder(type)
                                .setField(keys, key(keys, name))
                                .setField(values, single(values, member.getValue()))
                                .build());
                place.leave();
            }
        }
        place.up();
    }

    private Object key(FieldDescriptor field, String name) {
        return switch (field.getJavaType()) {
            case STRING -> text(name);
            case BOOLEAN ->
                switch (name) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw place.wrong("the keys of this map are 'true' and 'false'");
                };
            case INT, LONG -> {
                // One text for each number: two keys that mean the same would leave one of them out.
                if (name.length() > 20 || !name.matches("0|-?[1-9][0-9]*")) {
                    throw place.wrong("the keys of this map are numbers without fraction");
                }
                yield single(field, new BigInteger(name));
            }
            case FLOAT, DOUBLE, BYTE_STRING, ENUM, MESSAGE ->
                throw new IllegalArgumentException(field.getFullName() + " is no key of a map");
        };
    }

    private Object single(FieldDescriptor field, @Nullable Object value) {
        return switch (field.getType()) {
            case DOUBLE -> number(value).doubleValue();
            case FLOAT -> real(number(value).doubleValue());
            case INT32, SINT32, SFIXED32 -> (int) integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT32, FIXED32 -> (int) integer(value, 0, 0xffff_ffffL);
            case INT64, SINT64, SFIXED64 -> whole(value, LEAST, MOST).longValue();
            case UINT64, FIXED64 -> whole(value, BigInteger.ZERO, MOST_UNSIGNED).longValue();
            case BOOL -> {
                if (!(value instanceof Boolean)) {
                    throw place.mismatch(value, "true or false");
                }
                yield value;
            }
            case STRING -> {
                if (!(value instanceof String text)) {
                    throw place.mismatch(value, "a string");
                }
                yield text(text);
            }
            case BYTES -> bytes(value);
            case ENUM -> enumerant(field, value);
            case MESSAGE, GROUP -> message(field.getMessageType(), value);
        };
    }

    private Number number(@Nullable Object value) {
        if (value instanceof Number number && !(value instanceof BigInteger)) {
            return number;
        }
        throw place.mismatch(value, "a number");
    }

    private float real(double value) {
        float as = (float) value;
        if (Float.isInfinite(as) && !Double.isInfinite(value)) {
            throw place.wrong(value + " is beyond what a float holds");
        }
        return as;
    }

    private BigInteger whole(@Nullable Object value, BigInteger least, BigInteger most) {
        BigInteger n = switch (value) {
            case BigInteger big -> big;
            case Double d when d == Math.rint(d) && Math.abs(d) < 0x1p65 -> new BigDecimal(d).toBigInteger();
            case Long l -> BigInteger.valueOf(l);
            case Integer i -> BigInteger.valueOf(i);
            case null, default -> throw place.mismatch(value, "a number without fraction, or a bigint");
        };
        if (n.compareTo(least) < 0 || n.compareTo(most) > 0) {
            throw place.wrong(n + " is not between " + least + " and " + most);
        }
        return n;
    }

    private long integer(@Nullable Object value, long least, long most) {
        return whole(value, BigInteger.valueOf(least), BigInteger.valueOf(most)).longValue();
    }

    /** Texts of protobuf are UTF-8, which has no halves of characters: they would become question marks. */
    private String text(String text) {
        place.bytes(text.length());
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (Character.isSurrogate(each)) {
                boolean whole = Character.isHighSurrogate(each)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!whole) {
                    throw place.wrong(
                            "half of a character stands at " + i + " of the text: it cannot be sent as UTF-8");
                }
                i++;
            }
        }
        return text;
    }

    private ByteString bytes(@Nullable Object value) {
        byte[] bytes = switch (value) {
            case byte[] plain -> plain;
            case TypedBytes typed -> typed.bytes();
            case null, default -> throw place.mismatch(value, "bytes (a Uint8Array)");
        };
        place.bytes(bytes.length);
        return ByteString.copyFrom(bytes);
    }

    private EnumValueDescriptor enumerant(FieldDescriptor field, @Nullable Object value) {
        EnumDescriptor type = field.getEnumType();
        if (value == null && dialect.isJavaScript() && WellKnown.isNull(field)) {
            return type.findValueByNumberCreatingIfUnknown(0);
        }
        if (value instanceof String name) {
            EnumValueDescriptor known = dialect.find(type, name);
            if (known == null) {
                throw place.wrong("'" + name + "' is no " + type.getName() + "; there are "
                        + type.getValues().stream().map(dialect::name).limit(50).toList());
            }
            return known;
        }
        if (!(value instanceof Number)) {
            throw place.mismatch(value, "a name of " + type.getName() + " or its number");
        }
        int number = (int) integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        EnumValueDescriptor known = type.findValueByNumber(number);
        if (!dialect.isJavaScript() || (known == null && type.isClosed())) {
            throw place.wrong(number + " is no " + type.getName() + " that both sides know: load the newer schemas");
        }
        return known != null ? known : type.findValueByNumberCreatingIfUnknown(number);
    }

    // ---- well-known types

    private void wellKnown(WellKnown kind, DynamicMessage.Builder message, @Nullable Object value) {
        Descriptor type = message.getDescriptorForType();
        switch (kind) {
            case TIMESTAMP -> {
                if (value instanceof Instant date) {
                    time(message, date.getEpochSecond(), date.getNano());
                } else if (value instanceof Map<?, ?> parts) {
                    fields(message, parts);
                } else {
                    throw place.mismatch(value, "a Date, or {seconds, nanos}");
                }
            }
            case DURATION -> {
                if (value instanceof String text) {
                    Duration time = duration(text);
                    time(message, time.getSeconds(), time.getNanos());
                } else if (value instanceof Map<?, ?> parts) {
                    fields(message, parts);
                } else {
                    throw place.mismatch(value, "seconds as text, such as '1.5s', or {seconds, nanos}");
                }
            }
            case WRAPPER -> {
                FieldDescriptor only = WellKnown.field(type, "value");
                message.setField(only, single(only, value));
            }
            case STRUCT -> map(message, WellKnown.field(type, "fields"), value);
            case LIST -> list(message, WellKnown.field(type, "values"), value);
            case VALUE -> plain(message, value);
            case ANY -> any(message, value);
        }
    }

    private static void time(DynamicMessage.Builder message, long seconds, int nanos) {
        Descriptor type = message.getDescriptorForType();
        message.setField(WellKnown.field(type, "seconds"), seconds);
        message.setField(WellKnown.field(type, "nanos"), nanos);
    }

    private Duration duration(String text) {
        if (DURATION.matcher(text).matches()) {
            try {
                return Durations.parse(text);
            } catch (ParseException | IllegalArgumentException e) {
                throw place.wrong("'" + text + "' is longer than google.protobuf.Duration allows");
            }
        }
        throw place.wrong((text.length() > 30 ? "the text" : "'" + text + "'")
                + " is no span of time: write seconds, as in '1.5s'");
    }

    private void plain(DynamicMessage.Builder message, @Nullable Object value) {
        String kind = switch (value) {
            case null -> "null_value";
            case Boolean b -> "bool_value";
            case BigInteger n -> throw place.mismatch(value, "a plain value: google.protobuf.Value has no bigints");
            case Number n -> "number_value";
            case String text -> "string_value";
            case List<?> list -> "list_value";
            case Map<?, ?> map -> "struct_value";
            default -> throw place.mismatch(value, "a plain value (null, boolean, number, string, array or object)");
        };
        FieldDescriptor field = WellKnown.field(message.getDescriptorForType(), kind);
        message.setField(field, single(field, value));
    }

    private void any(DynamicMessage.Builder message, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> object) || !(object.get(AnyType.NAME) instanceof String url)) {
            if (value instanceof Map<?, ?> empty && empty.isEmpty()) {
                return;
            }
            throw place.mismatch(value, "an object with the URL of its type as the member '" + AnyType.NAME + "'");
        }
        Map<Object, @Nullable Object> rest = new HashMap<>(object);
        rest.remove(AnyType.NAME);
        Descriptor its = AnyType.find(types, url);
        ByteString content;
        if (its != null) {
            boolean isObject = WellKnown.of(its) == null;
            content = message(its, isObject ? rest : rest.get(AnyType.VALUE)).toByteString();
        } else if (rest.size() == 1 && rest.containsKey(AnyType.VALUE)) {
            content = bytes(rest.get(AnyType.VALUE));
        } else {
            throw place.wrong(
                    "the type " + url + " is not among the loaded ones: load its file too, or give the member '"
                            + AnyType.VALUE + "' with the bytes");
        }
        Descriptor type = message.getDescriptorForType();
        message.setField(WellKnown.field(type, "type_url"), text(url));
        message.setField(WellKnown.field(type, "value"), content);
    }
}
