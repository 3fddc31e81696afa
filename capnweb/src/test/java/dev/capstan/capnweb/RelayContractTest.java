package dev.capstan.capnweb;

/** The capability contract through two processes that pass everything on: sessions end there, and objects, promises and cancellations go through. */
final class RelayContractTest extends WebContract {
    @Override
    int hops() {
        return 2;
    }

    @Override
    protected int patience() {
        return 60;
    }
}
