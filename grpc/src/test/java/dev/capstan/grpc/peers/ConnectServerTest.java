package dev.capstan.grpc.peers;

import java.util.Optional;

class ConnectServerTest extends PeerServerContract {
    ConnectServerTest() {
        super(Peer.CONNECT);
    }

    @Override
    Optional<String> encodingOfAnswers() {
        // It likes that best of what our client reads.
        return Optional.of("br");
    }
}
