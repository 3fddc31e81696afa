package dev.capstan.grpc.peers;

import java.util.Optional;

class PythonServerTest extends PeerServerContract {
    PythonServerTest() {
        super(Peer.PYTHON);
    }

    @Override
    Optional<String> encodingOfAnswers() {
        return Optional.of("gzip");
    }
}
