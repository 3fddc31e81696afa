package dev.capstan.capnweb.connect;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import org.jspecify.annotations.Nullable;

/** The main object of a target, over whatever connection of a pool suits a call. */
final class PooledCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Members members;

    PooledCap(Loop loop, Members members) {
        super(loop);
        this.members = members;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Failure over = members.over();
        if (over != null) {
            call.close();
            return Answer.broken(over);
        }
        Member member = members.holding(WebPayload.of(call.params()).caps());
        if (member == null) {
            member = members.free();
        }
        if (member != null) {
            return member.call(call);
        }
        Answer waiting = members.room().call(this, call);
        members.fill();
        return waiting;
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return null;
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        // The connections are the pool's.
    }

    @Override
    public String toString() {
        return "the main object of a pool";
    }
}
