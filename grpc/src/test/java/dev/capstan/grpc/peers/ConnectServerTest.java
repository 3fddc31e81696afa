package dev.capstan.grpc.peers;

import java.util.Optional;

class ConnectServerTest extends PeerServerContract {
    ConnectServerTest() {
        super(Peer.CONNECT);
    }

    @Override
    Optional<String> encodingOfAnswers() {
        return Optional.of("gzip");
    }
}
