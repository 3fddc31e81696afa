package dev.capstan.capnweb.bind;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps with names or enums as keys: objects of JavaScript. Those that are read cannot be changed, and keep their order.
 *
 * @param key a string, or an enum
 * @param element shape of the values
 */
record MapShape(Shape key, Shape element) implements Shape {
    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        Map<?, ?> map = (Map<?, ?>) value;
        Map<String, @Nullable Object> object = LinkedHashMap.newLinkedHashMap(map.size());
        to.enter();
        for (Map.Entry<?, ?> each : map.entrySet()) {
            try {
                String name = (String) key.write(each.getKey(), to);
                object.put(name == null ? "null" : name, element.write(each.getValue(), to));
            } catch (Mismatch e) {
                throw e.in(String.valueOf(each.getKey()));
            }
        }
        to.leave();
        return object;
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        if (!(tree instanceof Map<?, ?> object)) {
            throw Mismatch.expected("an object", tree);
        }
        Map<@Nullable Object, @Nullable Object> map = LinkedHashMap.newLinkedHashMap(object.size());
        from.enter();
        for (Map.Entry<?, ?> member : object.entrySet()) {
            try {
                map.put(key.read(member.getKey(), from), element.read(member.getValue(), from));
            } catch (Mismatch e) {
                throw e.in(String.valueOf(member.getKey()));
            }
        }
        from.leave();
        return Collections.unmodifiableMap(map);
    }

    @Override
    public String typescript(TypeScript out) {
        String of = element.typescript(out);
        return key instanceof EnumShape names
                ? "Partial<Record<" + names.typescript(out) + ", " + of + ">>"
                : "Record<string, " + of + ">";
    }
}
