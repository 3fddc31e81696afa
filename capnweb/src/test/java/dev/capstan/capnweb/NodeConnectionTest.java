package dev.capstan.capnweb;

import dev.capstan.testkit.ForeignPeer;

/** With npm's package on Node. */
@ForeignPeer
final class NodeConnectionTest extends ConnectionContract {
    @Override
    Served serve() throws Exception {
        NodePeer.install();
        return Served.byNode();
    }
}
