package dev.capstan.interop.offenders.cap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/** Innocent: statics that cannot change. */
final class Constants {
    static final int LIMIT = 64;
    static final String NAME = "name";
    static final System.Logger LOG = System.getLogger("innocent");
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, java.nio.ByteOrder.LITTLE_ENDIAN);
    static final Duration PAUSE = Duration.ofSeconds(1);
    static final Pattern WORD = Pattern.compile("\\w+");
    static final byte[] EMPTY = new byte[0];
    static final String[] NONE = {};
    static final Object TOKEN_OF_IDENTITY = new Object();
    static final List<String> LIST = List.of("a");
    static final Set<Kind> SET = Set.of(Kind.ONE);
    static final Map<String, Integer> MAP = Map.ofEntries(Map.entry("a", 1));
    static final List<Integer> STREAMED =
            List.of(1, 2).stream().map(number -> number + 1).toList();
    static final IntUnaryOperator TWICE = number -> 2 * number;
    static final Value VALUE = new Value(Kind.TWO, List.of(), null);
    static final Token TOKEN = new NumberToken(3);

    private Constants() {}

    enum Kind {
        ONE,
        TWO;

        private final int weight = name().length();

        int weight() {
            return weight;
        }
    }

    record Value(
            Kind kind,
            List<String> names,
            @org.jspecify.annotations.Nullable Value next) {}

    abstract static class Token {
        private final String text;

        Token(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static final class NumberToken extends Token {
        private final int number;

        NumberToken(int number) {
            super("number");
            this.number = number;
        }

        int number() {
            return number;
        }
    }
}
