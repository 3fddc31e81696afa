package dev.capstan.capnp.rpc;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Format;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import dev.capstan.testkit.WireContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The contract of connections, over a simulated network and over sockets. */
final class WireContractTest {
    /** Vocabulary and tables of Cap'n Proto. */
    abstract static class Vats extends WireContract {
        private final List<Peer> peers = new ArrayList<>();

        final Vat serving(Target target) {
            return Vat.on(loop())
                    .servingEach(asker -> new LocalCap(loop(), target))
                    .limits(Limits.DEFAULT.withAnswers(MOST_CALLS).withMessageWords(MOST_BYTES / 8))
                    .build();
        }

        final Ends ends(Peer caller, Peer server) {
            peers.add(caller);
            peers.add(server);
            return new Ends(
                    caller.bootstrap(), caller::close, server::close, caller.onDisconnect(), server.onDisconnect());
        }

        @Override
        protected List<String> leftovers() {
            List<String> left = new ArrayList<>();
            for (Peer peer : peers) {
                Peer.Tables tables = peer.tables();
                if (tables.questions() + tables.answers() + tables.embargoes() > 0
                        || tables.imports() > 1
                        || tables.exports() > 1) {
                    left.add(tables.toString());
                }
            }
            return left;
        }

        @Override
        protected Format format() {
            return CapnpFormat.INSTANCE;
        }

        @Override
        protected Method method(int number) {
            return new Method.Ordinal(0xc0de_c0de_c0de_c0deL, number);
        }

        @Override
        protected void write(Payload into, long number, String text, List<Cap> caps) {
            CapnpPayload.of(into).builder().init(Note.TYPE).set(number, text, caps);
        }

        @Override
        protected long number(Payload from) {
            return CapnpPayload.of(from).reader().as(Note.TYPE).number();
        }

        @Override
        protected String text(Payload from) {
            return CapnpPayload.of(from).reader().as(Note.TYPE).text();
        }

        @Override
        protected Path path() {
            return new Path.Pointers(Note.pointer(0));
        }
    }

    @Nested
    final class Simulated extends Vats {
        private final SimLoop sim = new SimLoop();
        private @Nullable SimStream wire;

        @Override
        protected Loop loop() {
            return sim.loop();
        }

        @Override
        protected Ends connect(Target target) {
            SimNetwork network = new SimNetwork(sim, 1);
            Vat server = serving(target);
            List<Peer> accepted = new ArrayList<>();
            network.host("server").onAccept(stream -> accepted.add(server.connect(stream)));
            SimStream stream = network.host("client").connect("server");
            wire = stream;
            Peer caller = Vat.on(sim.loop()).build().connect(stream);
            sim.poll();
            return ends(caller, accepted.getFirst());
        }

        @Override
        protected void cut() {
            Objects.requireNonNull(wire).disconnect(new IOException("cut"));
        }

        @Override
        protected void close() {}
    }

    @Nested
    final class Sockets extends Vats {
        private final NetLoop net = NetLoop.onThisThread(Transport.AUTO);
        private final List<ByteStream> streams = new ArrayList<>();

        @Override
        protected Loop loop() {
            return net.loop();
        }

        @Override
        protected Ends connect(Target target) {
            Vat server = serving(target);
            List<Peer> accepted = new ArrayList<>();
            Network.Listener listener = net.loop()
                    .await(net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {
                        streams.add(stream);
                        accepted.add(server.connect(stream));
                    }));
            ByteStream stream = net.loop().await(net.network().connect(listener.address()));
            streams.add(stream);
            Peer caller = Vat.on(net.loop()).build().connect(stream);
            while (accepted.isEmpty()) {
                net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
            }
            listener.close();
            return ends(caller, accepted.getFirst());
        }

        @Override
        protected void cut() {
            streams.forEach(stream -> stream.abort(new IOException("cut")));
        }

        @Override
        protected void close() {
            net.close();
        }
    }
}
