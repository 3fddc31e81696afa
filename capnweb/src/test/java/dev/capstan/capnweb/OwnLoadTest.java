package dev.capstan.capnweb;

/** With a server of ours. */
final class OwnLoadTest extends LoadContract {
    @Override
    Served serve() {
        return Served.byUs(net());
    }
}
