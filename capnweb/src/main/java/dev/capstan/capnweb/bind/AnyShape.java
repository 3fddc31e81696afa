package dev.capstan.capnweb.bind;

import dev.capstan.cap.Cap;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.Writable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link Object}: trees as they come, with {@link Stub}s in them; and whatever else can travel is written as its own class says. */
final class AnyShape implements Shape {
    @Override
    public @Nullable Object write(@Nullable Object value, Writing to) {
        return switch (value) {
            case null -> null;
            case JsValue special -> special;
            case Collection<?> all -> {
                List<@Nullable Object> list = new ArrayList<>(all.size());
                to.enter();
                for (Object each : all) {
                    list.add(at(each, list.size(), to));
                }
                to.leave();
                yield list;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> object = LinkedHashMap.newLinkedHashMap(map.size());
                to.enter();
                map.forEach((key, each) -> object.put(name(key), at(each, name(key), to)));
                to.leave();
                yield object;
            }
            case Stub stub -> to.reference(stub);
            case Cap cap -> to.reference(cap);
            case Readable stream -> to.stream(to.givesAway() ? stream : stream.share());
            case Writable stream -> to.stream(to.givesAway() ? stream : stream.share());
            case JsError error -> error;
            case Throwable error -> error;
            default -> shape(value, to).write(value, to);
        };
    }

    private static Shape shape(Object value, Writing to) {
        try {
            return to.binder().shapeOf(value);
        } catch (IllegalArgumentException e) {
            String message = e.getMessage();
            throw Mismatch.because(message == null ? "does not travel" : message);
        }
    }

    private static String name(@Nullable Object key) {
        return switch (key) {
            case String name -> name;
            case Enum<?> constant -> constant.name();
            case null, default ->
                throw Mismatch.because("has a key that is no name but a "
                        + (key == null ? "null" : key.getClass().getSimpleName()));
        };
    }

    private @Nullable Object at(@Nullable Object value, int index, Writing to) {
        try {
            return write(value, to);
        } catch (Mismatch e) {
            throw e.in(index);
        }
    }

    private @Nullable Object at(@Nullable Object value, String name, Writing to) {
        try {
            return write(value, to);
        } catch (Mismatch e) {
            throw e.in(name);
        }
    }

    @Override
    public @Nullable Object read(@Nullable Object tree, Reading from) {
        return switch (tree) {
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                from.enter();
                list.forEach(each -> copy.add(read(each, from)));
                from.leave();
                yield copy;
            }
            case Map<?, ?> map -> members(map, from);
            case JsError error ->
                new JsError(error.name(), error.message(), error.stack(), members(error.props(), from));
            case Cap cap -> from.stub(cap);
            case Stub stub -> from.stub(stub);
            case Readable stream -> from.made(stream.share());
            case Writable stream -> from.made(stream.share());
            case null, default -> tree;
        };
    }

    private Map<String, @Nullable Object> members(Map<?, ?> map, Reading from) {
        Map<String, @Nullable Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
        from.enter();
        map.forEach((name, each) -> copy.put((String) name, read(each, from)));
        from.leave();
        return copy;
    }

    @Override
    public String typescript(TypeScript out) {
        return "any";
    }

    @Override
    public boolean mayBeMissing() {
        return true;
    }
}
