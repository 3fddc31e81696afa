package dev.capstan.grpc.peers;

/** gRPC-Web over HTTP/1.1. */
class ConnectWeb1ClientTest extends PeerClientContract {
    ConnectWeb1ClientTest() {
        super(Peer.connect("web-1.1"));
    }
}
