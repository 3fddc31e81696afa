package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Ordinal;
import org.jspecify.annotations.Nullable;

/** Checks that ordinals, seen in ascending order, are 0, 1, 2 and so on. */
final class Ordinals {
    private final ParsedFile module;
    private long expected;
    private @Nullable Ordinal last;

    Ordinals(ParsedFile module) {
        this.module = module;
    }

    void check(Ordinal ordinal) {
        if (ordinal.value() < expected) {
            module.problem(
                    ordinal.span(),
                    "The number @" + ordinal.value() + " is used twice.",
                    "The next free number is due.");
            if (last != null) {
                module.problem(
                        last.span(),
                        "The number @" + last.value() + " is used here, too.",
                        "One number is for one member.");
                last = null;
            }
        } else if (ordinal.value() > expected) {
            module.problem(
                    ordinal.span(),
                    "The number @" + expected + " is missing.",
                    "Numbers go up without holes; a member may be renamed but not removed.");
            expected = ordinal.value() + 1;
        } else {
            expected++;
            last = ordinal;
        }
    }
}
