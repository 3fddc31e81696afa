package dev.capstan.capnweb.bind;

import dev.capstan.async.Promise;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Types that do not travel, and what to write instead. */
final class Untravelled {
    private Untravelled() {}

    static String hint(Signature type) {
        Class<?> raw = type.raw();
        return type + " does not travel: " + instead(raw);
    }

    private static String instead(Class<?> raw) {
        String name = raw.getName();
        if (name.startsWith("java.time.") || name.equals("java.util.Date")) {
            return "use an Instant, which is JavaScript's Date, or a String";
        }
        if (Number.class.isAssignableFrom(raw)) {
            return "use a double, a BigInteger, or a String";
        }
        if (Promise.class.isAssignableFrom(raw) || CompletionStage.class.isAssignableFrom(raw)) {
            return "promises are results of methods; elsewhere use a Pending";
        }
        if (Throwable.class.isAssignableFrom(raw)) {
            return "peers have no such classes: use Throwable";
        }
        if (Collection.class.isAssignableFrom(raw)) {
            return "use List or Set";
        }
        if (Map.class.isAssignableFrom(raw)) {
            return "use Map";
        }
        if (name.startsWith("java.util.Optional")) {
            return "use Optional";
        }
        if (raw == Iterable.class || name.startsWith("java.util.stream.")) {
            return "use a List, or for a stream an Iterator";
        }
        if (raw.isInterface()) {
            return "annotate the interface @Remote if peers are to call it, @FunctionalInterface if it is a function, or seal it if it has records as its cases";
        }
        return name.startsWith("java.")
                ? "use a String, or a record"
                : "make it a record if its content is to be sent, or let it implement an interface annotated @Remote and use that";
    }
}
