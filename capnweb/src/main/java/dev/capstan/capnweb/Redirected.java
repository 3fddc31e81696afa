package dev.capstan.capnweb;

import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import org.jspecify.annotations.Nullable;

/**
 * A call that goes on to an object on its way, with what is left of the path.
 *
 * @param onClose runs when the work is over
 */
record Redirected(Call call, Method method, Runnable onClose) implements Call {
    Redirected(Call call, Method method) {
        this(call, method, () -> {});
    }

    @Override
    public Payload params() {
        return call.params();
    }

    @Override
    public void releaseParams() {
        call.releaseParams();
    }

    @Override
    public Payload newResults(int sizeHint) {
        return call.newResults(sizeHint);
    }

    @Override
    public CallWatch watch() {
        return call.watch();
    }

    @Override
    public void failed(Failure why) {
        call.failed(why);
    }

    @Override
    public Hints hints() {
        return call.hints();
    }

    @Override
    public @Nullable Answer tailCall(Request request) {
        return call.tailCall(request);
    }

    @Override
    public void close() {
        call.close();
        onClose.run();
    }
}
