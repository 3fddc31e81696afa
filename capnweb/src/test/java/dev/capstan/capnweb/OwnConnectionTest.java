package dev.capstan.capnweb;

/** With a server of ours. */
final class OwnConnectionTest extends ConnectionContract {
    @Override
    Served serve() {
        return Served.byUs(net());
    }
}
