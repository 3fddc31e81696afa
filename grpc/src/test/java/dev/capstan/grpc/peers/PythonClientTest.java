package dev.capstan.grpc.peers;

class PythonClientTest extends PeerClientContract {
    PythonClientTest() {
        super(Peer.PYTHON);
    }
}
