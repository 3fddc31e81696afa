package dev.capstan.grpc.peers;

class GrpcJsClientTest extends PeerClientContract {
    GrpcJsClientTest() {
        super(Peer.GRPC_JS);
    }
}
