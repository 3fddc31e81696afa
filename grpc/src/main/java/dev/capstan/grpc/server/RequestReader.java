package dev.capstan.grpc.server;

import dev.capstan.grpc.MessageReader;
import dev.capstan.net.http.Exchange;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The requests of one call as they come out of its exchange: each is handed on when the handler has asked for it, and the exchange is paused while one is here that nobody has asked for. On
 * the loop.
 */
final class RequestReader<Q> {
    /** Whose requests they are. */
    interface Owner<Q> {
        /** Whether nothing is to be handed on any more. */
        boolean isEnded();

        /** The next one, and the name of the encoding that it came in. */
        void request(Q message, String encoding);

        /** That was the last. */
        void requestsEnd();

        /** The client has broken the rules or a limit. */
        void wrong(Status status);
    }

    private final Exchange exchange;
    private final MethodDescriptor<Q, ?> method;
    private final Framing framing;
    private final MessageReader reader;
    private final Owner<Q> owner;

    /** Messages that the handler has asked for and not got. */
    private int requested;

    /** Whether a message has come; of a method that takes one, a second must not. */
    private boolean asked;

    private boolean paused;
    private boolean inputEnded;
    private boolean endTold;

    RequestReader(
            Exchange exchange, MethodDescriptor<Q, ?> method, Framing framing, MessageReader reader, Owner<Q> owner) {
        this.exchange = exchange;
        this.method = method;
        this.framing = framing;
        this.reader = reader;
        this.owner = owner;
    }

    void received(byte[] array, int offset, int length) {
        if (owner.isEnded()) {
            return;
        }
        try {
            framing.decode(array, offset, length, reader);
        } catch (StatusRuntimeException e) {
            owner.wrong(e.getStatus());
            return;
        }
        deliver();
    }

    void inputEnded() {
        inputEnded = true;
        deliver();
    }

    /** The handler wants {@code count} more. */
    void ask(int count) {
        requested = (int) Math.min(Integer.MAX_VALUE, (long) requested + count);
        if (paused) {
            paused = false;
            exchange.resume();
        }
        deliver();
    }

    /** Hands on what is there and asked for. */
    void deliver() {
        boolean takesOne = method.getType().clientSendsOneMessage();
        while (!owner.isEnded() && reader.hasNext() && (requested > 0 || (takesOne && asked))) {
            if (takesOne && asked) {
                owner.wrong(wrongNumber("more than one came"));
                return;
            }
            asked = true;
            requested--;
            Q message;
            try (InputStream bytes = reader.next()) {
                message = method.parseRequest(bytes);
            } catch (StatusRuntimeException e) {
                owner.wrong(e.getStatus());
                return;
            } catch (IOException | RuntimeException e) {
                owner.wrong(Status.INTERNAL
                        .withDescription("a message of " + method.getFullMethodName() + " cannot be parsed")
                        .withCause(e));
                return;
            }
            owner.request(message, reader.encoding());
        }
        if (owner.isEnded()) {
            return;
        }
        if (inputEnded && !endTold && !reader.hasNext()) {
            end(takesOne);
        } else if (requested == 0 && reader.hasNext() && !paused) {
            paused = true;
            exchange.pause();
        }
    }

    private void end(boolean takesOne) {
        if (!reader.isEmpty() || !framing.isWhole()) {
            owner.wrong(Status.INTERNAL.withDescription("the request has ended within a message"));
        } else if (takesOne && !asked) {
            owner.wrong(wrongNumber("none came"));
        } else {
            endTold = true;
            owner.requestsEnd();
        }
    }

    /** UNIMPLEMENTED, as gRPC has it: a method that takes another number of requests is another method. */
    private Status wrongNumber(String what) {
        return Status.UNIMPLEMENTED.withDescription(
                method.getFullMethodName() + " takes one request, and " + what + ": send exactly one");
    }

    /** Holds nothing any more. */
    void clear() {
        reader.clear();
    }
}
