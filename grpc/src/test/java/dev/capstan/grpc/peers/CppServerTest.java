package dev.capstan.grpc.peers;

import java.util.Optional;

class CppServerTest extends PeerServerContract {
    CppServerTest() {
        super(Peer.CPP);
    }

    @Override
    Optional<String> encodingOfAnswers() {
        return Optional.of("gzip");
    }
}
