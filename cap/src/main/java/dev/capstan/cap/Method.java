package dev.capstan.cap;

/** What is called. A value; constants where known in advance. Each wire speaks one kind. */
public sealed interface Method {
    /**
     * A method by interface and number, as Cap'n Proto has it.
     *
     * @param interfaceId 64-bit type id, unsigned
     * @param methodId 0..65535
     */
    record Ordinal(long interfaceId, int methodId) implements Method {
        @Override
        public String toString() {
            return "0x" + Long.toHexString(interfaceId) + "." + methodId;
        }
    }
}
