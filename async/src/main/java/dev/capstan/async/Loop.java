package dev.capstan.async;

/** Placeholder until the loop lands. */
final class Loop {
    private Loop() {}
}
