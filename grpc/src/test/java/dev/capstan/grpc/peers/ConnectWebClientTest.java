package dev.capstan.grpc.peers;

/** gRPC-Web over HTTP/2. */
class ConnectWebClientTest extends PeerClientContract {
    ConnectWebClientTest() {
        super(Peer.connect("web-2"));
    }
}
