package dev.capstan.capnweb;

/** Streams over one connection. */
final class StreamsTest extends StreamsContract {
    @Override
    int hops() {
        return 0;
    }
}
