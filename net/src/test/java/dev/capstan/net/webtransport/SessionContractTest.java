package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.net.Descriptors;
import dev.capstan.net.Transport;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.StreamContract;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The stream contract over the streams of WebTransport sessions, over UDP. After each test nothing is left: no descriptor, no alarm. */
@LongRun
final class SessionContractTest {
    @Nested
    final class OnEpoll extends Streams {
        OnEpoll() {
            super(Transport.EPOLL);
        }
    }

    @Nested
    final class OnNio extends Streams {
        OnNio() {
            super(Transport.NIO);
        }

        @Override
        Pair pairOf(ByteStream client, ByteStream server) {
            return new Pair(server, client);
        }
    }

    /** On epoll the left is the client, on NIO the server. */
    abstract static class Streams extends StreamContract {
        private final Set<String> descriptors = Descriptors.open();
        private final Sessions sessions;

        Streams(Transport transport) {
            sessions = new Sessions(transport, Sessions.LIMITS);
        }

        @Override
        protected Loop loop() {
            return sessions.loop();
        }

        @Override
        protected Pair connect() {
            Sessions.Pair pair = sessions.pair();
            return pairOf(pair.client().bytes(), pair.server().bytes());
        }

        Pair pairOf(ByteStream client, ByteStream server) {
            return new Pair(client, server);
        }

        @AfterEach
        void leavesNothingBehind() {
            sessions.close();
            assertEquals(0, sessions.loop().timer().pending());
            assertEquals(descriptors, Descriptors.open());
        }
    }
}
