package dev.capstan.cap;

/** One counted reference to something that can be called. */
public interface Cap extends AutoCloseable {
    /** Another reference to the same thing; the caller owns it and closes it. */
    Cap share();

    /** Gives this reference back. */
    @Override
    void close();
}
