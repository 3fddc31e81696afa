package dev.capstan.testkit;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Payloads that are plain objects: a number, a text and capabilities. The wire of tests that need none. */
final class PlainFormat implements Format {
    static final PlainFormat INSTANCE = new PlainFormat();

    private PlainFormat() {}

    @Override
    public Payload allocate(int sizeHint) {
        return new Content();
    }

    @Override
    public String name() {
        return "plain objects";
    }

    static Content of(Payload payload) {
        if (payload instanceof Content content) {
            return content;
        }
        throw new AssertionError(
                "expected plain objects, not " + payload.format().name());
    }

    /** Counted; the last close releases the capabilities. Used by one thread at a time. */
    static final class Content implements Payload {
        private long number;
        private String text = "";
        private List<Cap> caps = List.of();
        private int references = 1;

        long number() {
            return number;
        }

        String text() {
            return text;
        }

        /** Takes ownership of {@code newCaps}. */
        void set(long newNumber, String newText, List<Cap> newCaps) {
            caps.forEach(Cap::close);
            number = newNumber;
            text = newText;
            caps = new ArrayList<>(newCaps);
        }

        @Override
        public Format format() {
            return INSTANCE;
        }

        @Override
        public Cap cap(Path path) {
            if (references <= 0) {
                throw new IllegalStateException("the payload was closed");
            }
            return switch (path) {
                case Path.Pointers pointers
                when pointers.length() == 1 && pointers.at(0) < caps.size() ->
                    caps.get(pointers.at(0)).share();
                case Path.Pointers pointers when pointers.length() == 1 -> BrokenCap.ofNull();
                case Path.Pointers _, Path.Names _ ->
                    new BrokenCap(Failure.failed("nothing is at " + path + " of a plain object"));
            };
        }

        @Override
        public void copyTo(Payload empty, UnaryOperator<Cap> passing) {
            List<Cap> passed = new ArrayList<>();
            caps.forEach(cap -> passed.add(passing.apply(cap.share())));
            of(empty).set(number, text, passed);
        }

        @Override
        public long bytes() {
            return text.length();
        }

        @Override
        public Payload share() {
            references++;
            return this;
        }

        @Override
        public void close() {
            if (references <= 0) {
                throw new IllegalStateException("the payload was closed more often than it was shared");
            }
            if (--references == 0) {
                caps.forEach(Cap::close);
            }
        }
    }
}
