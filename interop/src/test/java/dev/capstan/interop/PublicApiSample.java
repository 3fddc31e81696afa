package dev.capstan.interop;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@link PublicApiTest} has listed: one thing of each kind that is seen, among what is not. */
public abstract class PublicApiSample<T extends Comparable<T>> extends PublicApiHidden<T> implements Cloneable {
    public static final int LIMIT = 1;
    protected T value;
    int hiddenField;

    protected PublicApiSample(T value, String... more) {
        this.value = value;
        this.hiddenField = more.length;
    }

    PublicApiSample(T value, int hidden) {
        this.value = value;
        this.hiddenField = hidden;
    }

    public static <A, B extends Exception> List<? super A> make(Class<A>[] types, Sealed sealed) throws B, IOException {
        if (types.length > 1) {
            throw new IOException("too many for " + sealed);
        }
        return List.of();
    }

    protected abstract void toBeWritten(int[] room);

    public final Map.@Nullable Entry<String, @Nullable T> settled() {
        return null;
    }

    void hidden() {}

    @Override
    public String toString() {
        return value + "";
    }

    public sealed interface Sealed {
        default void told() {}
    }

    public record Point(int x) implements Sealed {}

    public enum Way {
        UP,
        DOWN
    }

    public static final class Closed extends PublicApiHidden<String> {
        private Closed() {}
    }

    protected static final class ForChildren {}

    static final class Hidden {}
}
