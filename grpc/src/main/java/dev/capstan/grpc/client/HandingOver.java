package dev.capstan.grpc.client;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/** Tells another listener what it is told itself. Small calls pass here by the hundred thousand, so it has that one at hand, where grpc-java's forwarding classes look it up. */
abstract class HandingOver<S> extends ClientCall.Listener<S> {
    private final ClientCall.Listener<S> listener;

    HandingOver(ClientCall.Listener<S> listener) {
        this.listener = listener;
    }

    @Override
    public void onHeaders(Metadata headers) {
        listener.onHeaders(headers);
    }

    @Override
    public void onMessage(S message) {
        listener.onMessage(message);
    }

    @Override
    public void onReady() {
        listener.onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        listener.onClose(status, trailers);
    }
}
