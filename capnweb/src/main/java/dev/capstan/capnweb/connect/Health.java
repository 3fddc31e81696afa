package dev.capstan.capnweb.connect;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.capnweb.WebPeer;
import java.time.Duration;
import java.util.List;

/**
 * How a peer is found out that is gone without a word: it is asked something now and then, and if it says nothing at all its connection is given up.
 *
 * <p>WebSockets are watched already: a peer of which nothing was heard is sent a ping, which every WebSocket answers, browsers' too ({@code Limits.Transport.silence}). This is for
 * other streams, for peers whose process hangs while its socket answers, and for those who want to know earlier.
 *
 * @param probe what is asked
 * @param interval time from a connection, or an answer, to the next probe; zero for no probes
 * @param timeout time that an answer may take. A peer that is gone is found within both together
 */
public record Health(Probe probe, Duration interval, Duration timeout) {
    /** Nothing is asked. */
    public static final Health NONE = new Health(peer -> Promise.done(), Duration.ZERO, Duration.ofSeconds(1));

    /** Refuses times that are negative, and no time for an answer. */
    public Health {
        if (interval.isNegative() || !timeout.isPositive()) {
            throw new IllegalArgumentException(
                    "an interval is not negative, and an answer takes time: " + interval + ", " + timeout);
        }
    }

    /** What is asked. */
    @FunctionalInterface
    public interface Probe {
        /** Asks; settles with the answer. A failure is one, too: whoever can refuse is alive. On the loop's thread; cancelled if it takes too long. */
        Promise<Void> ask(WebPeer peer);

        /**
         * Reads a property of the main object, which need not exist: any peer answers that there is none, TypeScript's included, and no program of its sees the question. Costs the peer
         * two short messages and one answer.
         */
        static Probe reading(String property) {
            return peer -> answered(peer, new Method.Member(Path.Names.of(property), true), List.of());
        }

        /** Calls a method of the main object with such arguments, plain values. For peers that have one for the purpose, which looks whether all is well behind them. */
        static Probe calling(String method, Object... arguments) {
            List<Object> all = List.of(arguments);
            return peer -> answered(peer, new Method.Member(Path.Names.of(method), false), all);
        }
    }

    /** Reads a property every {@code interval} that no object has. */
    public static Health every(Duration interval, Duration timeout) {
        return new Health(Probe.reading("$alive"), interval, timeout);
    }

    private static Promise<Void> answered(WebPeer peer, Method.Member method, List<Object> arguments) {
        try (Cap main = peer.main()) {
            Request request = main.request(method, WebFormat.INSTANCE, 0, Hints.NO_PIPELINING);
            if (!method.reads()) {
                WebPayload.of(request.params()).set(arguments);
            }
            Answer answer = request.send();
            answer.pipeline().close();
            return answer.results().convert(results -> {
                results.close();
                return Promise.nothing();
            });
        }
    }
}
