package dev.capstan.gateway.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.capstan.gateway.translate.JavaScript;
import dev.capstan.gateway.translate.Place;
import dev.capstan.grpc.services.DescriptorPool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One translation of a message to a tree of values. */
final class FromMessage {
    private final Place place;
    private final Dialect dialect;
    private final DescriptorPool types;

    /** {@code types} are those that an {@code Any} may hold. */
    FromMessage(Place place, Dialect dialect, DescriptorPool types) {
        this.place = place;
        this.dialect = dialect;
        this.types = types;
    }

    /**
     * The message as a value: an object with its fields unless it is of a well-known type.
     *
     * @throws dev.capstan.cap.Failure if it cannot be translated
     */
    @Nullable
    Object value(Message message) {
        place.down();
        Descriptor type = message.getDescriptorForType();
        WellKnown known = dialect.isJavaScript() ? WellKnown.of(type) : null;
        Object value = known == null ? fields(message) : wellKnown(known, message);
        place.up();
        return value;
    }

    private Map<String, @Nullable Object> fields(Message message) {
        List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
        Map<String, @Nullable Object> object = LinkedHashMap.newLinkedHashMap(fields.size());
        for (FieldDescriptor field : fields) {
            if (!field.hasPresence() || message.hasField(field)) {
                place.values(1);
                place.enter(field.getJsonName());
                Object value = field(field, message.getField(field));
                object.put(field.getJsonName(), isWrapped(field) ? Map.of(Matching.VALUE, value) : value);
                place.leave();
            }
        }
        return object;
    }

    /** Whether a value stands in a union with nothing. */
    private boolean isWrapped(FieldDescriptor field) {
        return !dialect.isJavaScript() && Matching.isOptional(field);
    }

    private @Nullable Object field(FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            return single(field, value);
        }
        List<?> list = (List<?>) value;
        place.values(list.size());
        place.down();
        Object all = field.isMapField() && dialect.isJavaScript() ? map(list) : list(field, list);
        place.up();
        return all;
    }

    private List<@Nullable Object> list(FieldDescriptor field, List<?> values) {
        List<@Nullable Object> array = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            place.enter(i);
            array.add(single(field, values.get(i)));
            place.leave();
        }
        return array;
    }

    private Map<String, @Nullable Object> map(List<?> entries) {
        Map<String, @Nullable Object> object = LinkedHashMap.newLinkedHashMap(entries.size());
        for (Object each : entries) {
            Message entry = (Message) each;
            FieldDescriptor key = WellKnown.field(entry.getDescriptorForType(), "key");
            FieldDescriptor value = WellKnown.field(entry.getDescriptorForType(), "value");
            // Numbers without sign have to be told as such: so it is the value's text.
            String name = String.valueOf(single(key, entry.getField(key)));
            place.enter(name);
            if (JavaScript.DROPPED.contains(name)) {
                throw place.wrong("receivers drop members of that name: send this map as a list");
            }
            object.put(name, single(value, entry.getField(value)));
            place.leave();
        }
        return object;
    }

    private @Nullable Object single(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case DOUBLE -> value;
            case FLOAT -> ((Float) value).doubleValue();
            case INT32, SINT32, SFIXED32 -> ((Integer) value).longValue();
            case UINT32, FIXED32 -> Integer.toUnsignedLong((Integer) value);
            case INT64, SINT64, SFIXED64 -> JavaScript.integer((Long) value);
            case UINT64, FIXED64 -> JavaScript.unsigned((Long) value);
            case BOOL -> value;
            case STRING -> {
                String text = (String) value;
                place.bytes(text.length());
                yield text;
            }
            case BYTES -> {
                ByteString bytes = (ByteString) value;
                place.bytes(bytes.size());
                yield bytes.toByteArray();
            }
            case ENUM -> dialect.isJavaScript() && WellKnown.isNull(field) ? null : name((EnumValueDescriptor) value);
            case MESSAGE, GROUP -> value((Message) value);
        };
    }

    private Object name(EnumValueDescriptor value) {
        boolean isUnknown = value.getIndex() < 0;
        String name = isUnknown ? null : dialect.name(value);
        if (name != null) {
            return name;
        }
        if (!dialect.isJavaScript()) {
            throw place.wrong(value.getNumber() + " is no " + value.getType().getFullName()
                    + " that both sides know: load the newer schemas");
        }
        return (long) value.getNumber();
    }

    private @Nullable Object wellKnown(WellKnown kind, Message message) {
        return switch (kind) {
            case TIMESTAMP -> {
                Instant date = WellKnown.date(message);
                yield date != null ? date : fields(message);
            }
            case DURATION -> {
                String text = WellKnown.duration(message);
                yield text != null ? text : fields(message);
            }
            case WRAPPER -> {
                FieldDescriptor field = WellKnown.field(message.getDescriptorForType(), "value");
                yield single(field, message.getField(field));
            }
            case STRUCT, LIST -> {
                FieldDescriptor only =
                        message.getDescriptorForType().getFields().getFirst();
                yield field(only, message.getField(only));
            }
            case VALUE -> plain(message);
            case ANY -> any(message);
        };
    }

    private @Nullable Object plain(Message value) {
        for (FieldDescriptor kind : value.getDescriptorForType().getFields()) {
            if (value.hasField(kind)) {
                return single(kind, value.getField(kind));
            }
        }
        throw place.wrong("a google.protobuf.Value without content is no value: set null_value for null");
    }

    private Object any(Message any) {
        Descriptor type = any.getDescriptorForType();
        String url = (String) any.getField(WellKnown.field(type, "type_url"));
        ByteString content = (ByteString) any.getField(WellKnown.field(type, "value"));
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        place.bytes(url.length());
        place.values(1);
        object.put(AnyType.NAME, url);
        Descriptor its = AnyType.find(types, url);
        if (its == null) {
            place.bytes(content.size());
            object.put(AnyType.VALUE, content.toByteArray());
            return object;
        }
        Object inside;
        try {
            inside = value(DynamicMessage.parseFrom(its, content));
        } catch (InvalidProtocolBufferException e) {
            throw place.wrong("the content is no " + its.getFullName() + ": " + e.getMessage());
        }
        if (WellKnown.of(its) == null && inside instanceof Map<?, ?> fields) {
            fields.forEach((name, value) -> object.put((String) name, value));
        } else {
            object.put(AnyType.VALUE, inside);
        }
        return object;
    }
}
