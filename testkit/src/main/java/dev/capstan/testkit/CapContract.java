package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Format;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link Cap} keeps, whatever it leads over: order, resolution, ownership, failure, cancelling, pipelines, streams.
 *
 * <p>A way to reach an object proves itself by a subclass that tells where the two sides live and how the caller gets a reference to an
 * object of the other side ({@link #reach}). A wire also tells how it writes the contract's small vocabulary: every call and every result
 * holds a number, a text and some capabilities. A subclass of that subclass runs the same cases with blocking objects ({@link #style}).
 *
 * <p>Each case names the rows of the list of behaviours that it comes from (R15, C04, T16, ...; docs of the list: {@code parity.json}).
 * After each case everything that it opened is closed; then each object must have been released exactly once, and {@link #leftovers} must be
 * empty.
 */
public abstract class CapContract {
    private static final long INTERFACE = 0xc0de_c0de_c0de_c0deL;

    private @Nullable Scene scene;

    /** For a subclass without arguments. */
    protected CapContract() {}

    private Scene scene() {
        Scene known = scene;
        if (known == null) {
            known = new Scene(this);
            scene = known;
        }
        return known;
    }

    // ---- the way

    /** The loop of the calling side. */
    protected abstract Loop loop();

    /** The loop that the objects live on that are called. */
    protected Loop far() {
        return loop();
    }

    /** A reference of the calling side to {@code target}, which lives on {@link #far}. The caller owns it. Called on the test's thread. */
    protected abstract Cap reach(Target target);

    /** How the objects of most cases run their bodies. */
    protected Target.Style style() {
        return Target.Style.ASYNC;
    }

    /** Lets everything happen that can happen by itself, or a part of it. */
    protected void turns() {
        loop().poll();
    }

    /** How many {@link #turns} may be needed until something has happened. */
    protected int patience() {
        return 20;
    }

    /** What is still there of the way itself though nobody uses it: entries of tables and the like. */
    protected List<String> leftovers() {
        return List.of();
    }

    /** Ends the way; called after each case. */
    protected void close() {}

    /** How many calls the way lets a caller have unanswered at once; more than a thousand. The cases make no more. */
    protected int mostCalls() {
        return 9_001;
    }

    // ---- the vocabulary

    /** The wire's payloads. */
    protected Format format() {
        return PlainFormat.INSTANCE;
    }

    /** The method with this number. */
    protected Method method(int number) {
        return new Method.Ordinal(INTERFACE, number);
    }

    /** Fills an empty payload. Takes ownership of {@code caps}. */
    protected void write(Payload into, long number, String text, List<Cap> caps) {
        PlainFormat.of(into).set(number, text, caps);
    }

    /** The number in a payload. */
    protected long number(Payload from) {
        return PlainFormat.of(from).number();
    }

    /** The text in a payload. */
    protected String text(Payload from) {
        return PlainFormat.of(from).text();
    }

    /** Where the capability with this index, 0..3, lies in a payload. */
    protected Path path(int index) {
        return new Path.Pointers(index);
    }

    /** How the failure of a call ends of method 0 on a capability that is not there. */
    protected String nothingThere() {
        return "Called null capability.";
    }

    /** Whether the way tells of a capability inside a value that it is broken, before somebody calls it. */
    protected boolean tellsBroken() {
        return true;
    }

    // ---- the cases

    @Nested
    final class Calls extends CallCases {
        Calls() {
            super(scene());
        }
    }

    @Nested
    final class Capabilities extends CapabilityCases {
        Capabilities() {
            super(scene());
        }
    }

    @Nested
    final class Pipelines extends PipelineCases {
        Pipelines() {
            super(scene());
        }
    }

    @Nested
    final class Promises extends PromiseCases {
        Promises() {
            super(scene());
        }
    }

    @Nested
    final class Canceling extends CancelCases {
        Canceling() {
            super(scene());
        }
    }

    @Nested
    final class Tails extends TailCases {
        Tails() {
            super(scene());
        }
    }

    @Nested
    final class Streams extends StreamCases {
        Streams() {
            super(scene());
        }
    }

    @Nested
    final class Lifetimes extends LifetimeCases {
        Lifetimes() {
            super(scene());
        }
    }

    @Nested
    final class Blocking extends BlockingCases {
        Blocking() {
            super(scene());
        }
    }

    @Nested
    final class Threads extends ThreadCases {
        Threads() {
            super(scene());
        }
    }

    /** Nothing is left of a case. */
    @AfterEach
    void nothing_is_left() {
        try {
            scene().end();
        } finally {
            close();
        }
    }
}
