package dev.capstan.grpc.peers;

class ConnectClientTest extends PeerClientContract {
    ConnectClientTest() {
        super(Peer.CONNECT);
    }
}
