package dev.capstan.grpc.peers;

class CppClientTest extends PeerClientContract {
    CppClientTest() {
        super(Peer.CPP);
    }
}
