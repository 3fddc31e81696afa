package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.interop.schema.Callback;
import dev.capstan.interop.schema.Node;
import dev.capstan.interop.schema.Probe;
import dev.capstan.interop.schema.Token;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** A vat in this process that is connected to a Peer, on a loop of its own; calls are made from the test's thread unless {@link #inOneTurn} is used. */
final class JavaClient implements AutoCloseable {
    final NetLoop net;
    final Vat vat;
    final Peer connection;
    final Wiretap tap;
    final Calculator.Client calculator;
    final Probe.Client probe;

    JavaClient(Transport transport, Address address) {
        net = NetLoop.open("interop-client", transport);
        vat = Vat.on(net.loop()).build();
        tap = net.network()
                .connect(address)
                .map(stream -> new Wiretap(net.loop(), stream))
                .await();
        connection = inOneTurn(() -> Promise.of(vat.connect(tap)));
        var root = connection.bootstrap(dev.capstan.interop.schema.Peer.TYPE);
        calculator = root;
        probe = root.asProbe();
    }

    /** What {@code work} sends leaves together. */
    <T> T inOneTurn(Callable<Promise<T>> work) {
        return net.loop().fetch(work).await();
    }

    /** What has passed on the connection since {@code work} began. */
    <T> List<String> logOf(Callable<Promise<T>> work) {
        return inOneTurn(() -> {
            tap.clear();
            return work.call().map(ignored -> tap.log());
        });
    }

    /** A round trip, after which everything that was sent before has been dealt with. */
    void roundTrip() {
        holdCounts();
    }

    // ---- the probe's methods, for tests that want results

    record HoldCounts(long pending, long cancelled, long completed) {}

    HoldCounts holdCounts() {
        return probe.holdCounts()
                .map(results -> new HoldCounts(results.getPending(), results.getCancelled(), results.getCompleted()))
                .await();
    }

    Probe.HoldResults.Answer hold(boolean cancellable) {
        return probe.hold(params -> params.setCancellable(cancellable));
    }

    long letGo() {
        return probe.letGo().map(Probe.LetGoResults.Reader::getCount).await();
    }

    long liveTokens() {
        return probe.liveTokens().map(Probe.LiveTokensResults.Reader::getCount).await();
    }

    Token.Client newToken(long id) {
        try (var answer = probe.newToken(params -> params.setId(id))) {
            return answer.getToken();
        }
    }

    static Promise<Long> idOf(Token.Client token) {
        return token.id().map(Token.IdResults.Reader::getId);
    }

    Node.Client getNode() {
        try (var answer = probe.getNode()) {
            return answer.getNode();
        }
    }

    /** Takes {@code node} over and goes {@code steps} on, without waiting in between. */
    static Promise<Long> depthOf(Node.Client node, int steps) {
        Node.Client last = node;
        for (int i = 0; i < steps; i++) {
            try (Node.Client before = last;
                    var answer = before.next()) {
                last = answer.getNode();
            }
        }
        try (Node.Client end = last) {
            return end.depth().map(Node.DepthResults.Reader::getDepth);
        }
    }

    Probe.EchoResults.Answer echo(Callback.Client callback) {
        return probe.echo(params -> params.setCallback(callback));
    }

    static Promise<Long> call(Callback.Client callback, long n) {
        return callback.call(params -> params.setN(n)).map(Callback.CallResults.Reader::getM);
    }

    Promise<Long> callBack(Callback.Client callback, int times) {
        return probe.callBack(params -> {
                    params.setCallback(callback);
                    params.setTimes(times);
                })
                .map(Probe.CallBackResults.Reader::getSum);
    }

    Callback.Client serve(Callback.Server server) {
        return Callback.TYPE.serve(net.loop(), server);
    }

    void keep(Token.Client token) {
        probe.keep(params -> params.setToken(token))
                .map(ignored -> Promise.nothing())
                .await();
    }

    List<Long> readKept() {
        return probe.readKept()
                .map(results -> {
                    List<Long> ids = new ArrayList<>();
                    for (int i = 0; i < results.getIds().size(); i++) {
                        ids.add(results.getIds().at(i));
                    }
                    return ids;
                })
                .await();
    }

    long dropKept() {
        return probe.dropKept().map(Probe.DropKeptResults.Reader::getCount).await();
    }

    /** The server has one token of a client that is gone. */
    void dropBrokenToken() {
        Failure failure = assertThrows(Failure.class, this::readKept);
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind(), failure::toString);
        assertEquals(1, dropKept());
    }

    // ---- the end

    /** Gives back the bootstrap object; then nothing must be left in any table, and no alarm. */
    void assertNothingLeft() {
        calculator.close();
        probe.close();
        Eventually.nothingLeft(net.loop(), () -> {
            List<String> left = new ArrayList<>();
            if (!connection.tables().isEmpty()) {
                left.add(connection.tables().toString());
            }
            ProbeServer.addIfAny(left, net.loop().timer().pending(), "alarms");
            return left;
        });
    }

    @Override
    public void close() {
        vat.close();
        net.close();
    }
}
