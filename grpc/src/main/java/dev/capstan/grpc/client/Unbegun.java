package dev.capstan.grpc.client;

import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.List;

/**
 * Whether it is sure that no server has begun a call that has failed. Two things say so. Either its headers have not left: a frame that was not written whole is none, and a connection that has failed writes no more ({@link #NOT_LOST} has
 * the exceptions). That counts {@value #MOST_MISSED} times. Or a server has refused it, or said when it went away that it was not among its last; that counts once, since it is the server that decides how often it says so. Asked by one thread at a time.
 */
final class Unbegun {
    /** How often a call may miss connections that go away: as many as grpc-java's own retries allow. */
    static final int MOST_MISSED = 1_000;

    /** How grpc-java says that a server has not begun a call, and never will. */
    private static final List<String> REFUSALS = List.of(
            "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM",
            "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR");

    /**
     * How grpc-java says that a call has failed whose headers have not left, but may, or would not the next time either. A connection is given up whose server is silent: the bytes that wait for it stay where they are, and it may wake up
     * and read them. A server resets streams that it has not seen. And the name that the call asks for is not among those that the server has proved to have. The other failures of such calls come after the connection is closed, or without these ever being handed to it, or from a
     * server that has promised not to look at them.
     */
    private static final List<String> NOT_LOST = List.of(
            "Keepalive failed",
            "RST_STREAM closed stream",
            "Abrupt GOAWAY closed sent stream",
            "Authority verifier not found",
            "Peer hostname verification during rpc failed",
            "Can't allow authority override in rpc");

    private final Tries tries;
    private int missed;
    private boolean refused;

    Unbegun(Tries tries) {
        this.tries = tries;
    }

    /** Whether it is if the call has ended like this now; each time counts. */
    boolean isSure(Status status) {
        boolean lost = status.getCode() == Status.Code.UNAVAILABLE
                || (status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof ClosedChannelException);
        if (!lost) {
            return false;
        }
        String description = String.valueOf(status.getDescription());
        if (REFUSALS.stream().anyMatch(description::startsWith)) {
            boolean first = !refused;
            refused = true;
            return first && tries.isUnanswered();
        }
        return tries.isUnwritten() && NOT_LOST.stream().noneMatch(description::startsWith) && ++missed <= MOST_MISSED;
    }
}
