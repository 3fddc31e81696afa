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

    /**
     * A method or a property by its place, as Cap'n Web has it.
     *
     * @param path from the target downwards; an empty one calls the target itself, as callbacks are called
     * @param reads whether what lies there is read and not called: a call without parameters, whose result may be anything
     */
    record Member(Path.Names path, boolean reads) implements Method {
        @Override
        public String toString() {
            return reads ? path.toString() : path + "()";
        }
    }
}
