package dev.capstan.capnweb.bind;

import java.lang.reflect.Array;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists, sets and arrays: arrays of JavaScript. Those that are read cannot be changed, and keep their order; what a set is given twice it holds once.
 *
 * @param element shape of the elements
 * @param collect elements as the Java type
 * @param elements the Java type as elements
 */
record SequenceShape(
        Shape element,
        Function<List<@Nullable Object>, Object> collect,
        Function<Object, Collection<? extends @Nullable Object>> elements)
        implements Shape {
    static Shape list(Shape element) {
        return new SequenceShape(element, Collections::unmodifiableList, value -> (Collection<?>) value);
    }

    static Shape set(Shape element) {
        return new SequenceShape(element, list -> Collections.unmodifiableSet(new LinkedHashSet<>(list)), value ->
                (Collection<?>) value);
    }

    /** Arrays of {@code type}. */
    static Shape array(Class<?> type, Shape element) {
        return new SequenceShape(element, list -> array(type, list), ArrayView::new);
    }

    private static Object array(Class<?> type, List<@Nullable Object> list) {
        Object array = Array.newInstance(type, list.size());
        for (int i = 0; i < list.size(); i++) {
            Array.set(array, i, list.get(i));
        }
        return array;
    }

    private static final class ArrayView extends AbstractList<@Nullable Object> {
        private final Object array;

        ArrayView(Object array) {
            this.array = array;
        }

        @Override
        public @Nullable Object get(int index) {
            return Array.get(array, index);
        }

        @Override
        public int size() {
            return Array.getLength(array);
        }
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        Collection<? extends @Nullable Object> all = elements.apply(value);
        List<@Nullable Object> list = new ArrayList<>(all.size());
        to.enter();
        try {
            for (Object each : all) {
                list.add(element.write(each, to));
            }
        } catch (Mismatch e) {
            throw e.in(list.size());
        }
        to.leave();
        return list;
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        if (!(tree instanceof List<?> list)) {
            throw Mismatch.expected("an array", tree);
        }
        List<@Nullable Object> all = new ArrayList<>(list.size());
        from.enter();
        try {
            for (Object each : list) {
                all.add(element.read(each, from));
            }
        } catch (Mismatch e) {
            throw e.in(all.size());
        }
        from.leave();
        return collect.apply(all);
    }

    @Override
    public String typescript(TypeScript out) {
        String type = element.typescript(out);
        return (element.isCompound() ? "(" + type + ")" : type) + "[]";
    }
}
