package dev.capstan.capnweb;

/**
 * A value that will be known when a map runs.
 *
 * @param index as instructions name it: 0 is the element, the result of the first instruction 1
 */
record MapVariable(Object recorder, int index) implements StubRoot {
    @Override
    public void close() {}
}
