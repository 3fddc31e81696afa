package dev.capstan.interop.offenders.cap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Every kind of static that can change. */
final class Statics {
    static int counter = 1;
    static final AtomicInteger SEQUENCE = new AtomicInteger();
    static final Map<String, String> REGISTRY = new HashMap<>();
    static final List<String> OPEN_LIST = new ArrayList<>(List.of("a"));
    static final Object DISGUISED = new ArrayList<String>();
    static final int[] TABLE = {1, 2, 3};
    static final ThreadLocal<String> CURRENT = new ThreadLocal<>();
    static final Changing CHANGING = new Changing();
    static final Holder HOLDER = new Holder(new Changing());
    static final Shape SHAPE = new Circle();

    private Statics() {}

    static final class Changing {
        int value;
    }

    record Holder(Changing inside) {}

    /** No field here, but a subclass has one that changes. */
    interface Shape {
        int size();
    }

    static final class Circle implements Shape {
        private int size;

        @Override
        public int size() {
            return size++;
        }
    }
}
