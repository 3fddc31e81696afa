package dev.capstan.grpc.client;

import dev.capstan.net.NetLoop;

/** Our client with connections that threads of grpc-java serve, for loops without a network. */
class OtherThreadsTest extends OwnServerTest {
    @Override
    GrpcClient.Builder on(NetLoop net) {
        return GrpcClient.on(net.loop());
    }
}
