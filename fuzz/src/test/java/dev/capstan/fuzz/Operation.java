package dev.capstan.fuzz;

/**
 * One way in which a program uses what a stranger sent.
 *
 * @param name what it is called in failures
 * @param run does it; see {@link Run}
 * @param cost what it may cost
 */
record Operation(String name, Run run, Cost cost) {
    /** The work itself. It must do the same for the same input, since it is repeated when it seems too dear. */
    interface Run {
        /**
         * Uses {@code input}, and catches what the documentation of the operation says may be thrown, and nothing else.
         *
         * @return work done, in a unit of its own
         */
        long apply(byte[] input) throws Exception;
    }

    /** With the cost that every operation on a message may have. */
    Operation(String name, Run run) {
        this(name, run, Cost.OF_MESSAGES);
    }

    /**
     * Bounds that grow with the size of the input.
     *
     * @param bytesPerByte heap memory allocated, in bytes for each byte of input
     * @param moreBytes and as many more for exceptions, and for code that is not compiled yet
     * @param stepsPerByte work, in steps for each byte of input
     * @param moreSteps and as many more
     */
    record Cost(int bytesPerByte, long moreBytes, int stepsPerByte, long moreSteps) {
        /** 16 times the input and 1 MiB; a few visits to each word, with all getters each time. */
        static final Cost OF_MESSAGES = new Cost(16, 1 << 20, 64, 1 << 13);

        long bytes(int length) {
            return (long) bytesPerByte * length + moreBytes;
        }

        long steps(int length) {
            return (long) stepsPerByte * length + moreSteps;
        }
    }
}
