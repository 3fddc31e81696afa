package dev.capstan.gateway.translate;

import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import org.jspecify.annotations.Nullable;

/** A call that goes on to what it meets on its way, under what is left of its name. */
record Onward(Call call, Method method) implements Call {
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
    }
}
