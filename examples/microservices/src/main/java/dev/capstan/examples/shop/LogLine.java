package dev.capstan.examples.shop;

/** What a service tells of a call. */
record LogLine(String service, String traceId, String text) {
    @Override
    public String toString() {
        return service + " [" + traceId + "] " + text;
    }
}
