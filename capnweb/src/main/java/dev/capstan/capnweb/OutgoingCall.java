package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.PlainRequest;

/** A call whose arguments are a list of values; see {@link WebPayload#set}. */
final class OutgoingCall extends PlainRequest {
    OutgoingCall(Cap target, Method method, Hints hints) {
        super(target, method, WebFormat.INSTANCE, 0, hints);
    }

    @Override
    public Promise<Void> sendStreaming() {
        // One message for the peer instead of three, and a window of bytes.
        if (!(target().innermost() instanceof RemoteCap remote)) {
            return super.sendStreaming();
        }
        Call call = take();
        try {
            return remote.stream(call);
        } finally {
            target().close();
        }
    }
}
