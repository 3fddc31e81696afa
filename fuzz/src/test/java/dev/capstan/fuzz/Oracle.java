package dev.capstan.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Says whether an operation did with an input what it may: it came back, or ended with an exception that it documents, at a cost that the size of the input bounds.
 * Anything else, an overflowing stack and exhausted memory included, is thrown on, with the name of the operation.
 */
final class Oracle {
    /** How often an operation that seems too dear is repeated: code that is not compiled yet allocates what compiled code does not. */
    private static final int ATTEMPTS = 5;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    void check(Target target, byte[] input) {
        for (Operation operation : target.operations()) {
            check(operation, input);
        }
    }

    void check(Operation operation, byte[] input) {
        long allowed = operation.cost().bytes(input.length);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && least > allowed; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long steps = run(operation, input);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            if (steps > operation.cost().steps(input.length)) {
                throw new AssertionError(operation.name() + " took " + steps + " steps for " + input.length + " bytes");
            }
        }
        if (least > allowed) {
            throw new AssertionError(operation.name() + " allocated " + least + " bytes for " + input.length);
        }
    }

    private static long run(Operation operation, byte[] input) {
        try {
            return operation.run().apply(input);
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(operation.name() + " threw what it does not document: " + e, e);
        }
    }
}
