package dev.capstan.capnweb.bind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sealed interfaces of records: a discriminated union, whose tag is a member of the object. */
final class VariantShape implements Shape {
    private final Signature type;
    private final String member;
    private final Map<String, RecordShape> byTag = new LinkedHashMap<>();
    private final Map<Class<?>, RecordShape> byClass = new LinkedHashMap<>();

    VariantShape(Signature type, String member) {
        this.type = type;
        this.member = member;
    }

    /** The cases come later: each may hold the interface. */
    void complete(List<RecordShape> cases) {
        for (RecordShape each : cases) {
            byClass.put(each.raw(), each);
            RecordShape other = byTag.put(each.tag(member), each);
            if (other != null) {
                throw new IllegalArgumentException(other.raw().getName() + " and "
                        + each.raw().getName() + " are both told by " + member + " \"" + each.tag(member)
                        + "\": give one of them another tag with @Named");
            }
        }
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        RecordShape one = value == null ? null : byClass.get(value.getClass());
        if (one == null) {
            throw Mismatch.isNull();
        }
        return one.write(value, to);
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        if (!(tree instanceof Map<?, ?> object)) {
            throw Mismatch.expected("an object (" + type + ")", tree);
        }
        RecordShape one = object.get(member) instanceof String tag ? byTag.get(tag) : null;
        if (one == null) {
            throw Mismatch.expected(
                            "one of " + String.join(", ", byTag.keySet()),
                            object.containsKey(member) ? object.get(member) : dev.capstan.capnweb.JsValue.UNDEFINED)
                    .in(member);
        }
        return one.read(tree, from);
    }

    @Override
    public String typescript(TypeScript out) {
        return out.type(
                type,
                () -> byTag.values().stream().map(each -> each.typescript(out)).collect(Collectors.joining(" | ")));
    }
}
