package dev.capstan.capnweb;

/** Streams through two processes that pass everything on: back-pressure, ends and failures go through. */
final class RelayStreamsTest extends StreamsContract {
    @Override
    int hops() {
        return 2;
    }
}
