package dev.capstan.grpc.peers;

import java.util.Optional;

class GrpcJsServerTest extends PeerServerContract {
    GrpcJsServerTest() {
        super(Peer.GRPC_JS);
    }

    @Override
    Optional<String> encodingOfAnswers() {
        return Optional.of("identity");
    }
}
