package dev.capstan.testkit;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link ByteStream} keeps, whatever carries it. A transport proves itself by a subclass of four lines.
 *
 * <p>Both ends live on one loop, which the test's own thread drives; so what is done in one turn is known, and nothing waits longer than it
 * has to.
 */
public abstract class StreamContract {
    /** For a subclass without state of its own. */
    protected StreamContract() {}

    /** Two connected ends. */
    public record Pair(ByteStream left, ByteStream right) {}

    /** The loop on which both ends live; nobody else drives it. */
    protected abstract Loop loop();

    /** Two new ends, neither of them started. */
    protected abstract Pair connect();

    /** Whether the peer can tell an abort from an end. Unix sockets cannot. */
    protected boolean abortIsToldApart() {
        return true;
    }

    // ---- the cases

    @Nested
    final class Transfers extends TransferCases {
        Transfers() {
            super(new Ends(StreamContract.this));
        }
    }

    @Nested
    final class Pressure extends PressureCases {
        Pressure() {
            super(new Ends(StreamContract.this));
        }
    }

    @Nested
    final class Ending extends EndCases {
        Ending() {
            super(new Ends(StreamContract.this));
        }
    }

    @Nested
    final class Breaking extends BreakCases {
        Breaking() {
            super(new Ends(StreamContract.this));
        }
    }
}
