package dev.capstan.capnpc.breaking;

/** Whom a change hurts. */
public enum Level {
    /** Programs built with the two versions misunderstand each other's messages, calls or JSON, now or as soon as the change is used. */
    BREAKING,
    /** Messages mean the same, but source code that uses the generated classes has to change. */
    SOURCE_ONLY
}
