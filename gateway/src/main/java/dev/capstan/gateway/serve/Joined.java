package dev.capstan.gateway.serve;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One object of Cap'n Proto that has the interfaces of several: each call goes to whoever has its interface. Owns them. */
final class Joined extends CountedCap {
    private final Map<Long, Cap> byInterface;

    /** Takes ownership of each capability as often as it is in the map. */
    Joined(Loop loop, Map<Long, Cap> byInterface) {
        super(loop);
        this.byInterface = byInterface;
    }

    private Cap of(Method method) {
        Cap object = method instanceof Method.Ordinal ordinal ? byInterface.get(ordinal.interfaceId()) : null;
        return object == null
                ? new BrokenCap(Failure.unimplemented("nothing that is served here has the interface of " + method))
                : object;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return of(method).request(method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        return of(call.method()).call(call);
    }

    @Override
    public Promise<Void> stream(Call call) {
        return of(call.method()).stream(call);
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
        return this;
    }

    @Override
    protected void released() {
        byInterface.values().forEach(Cap::close);
    }
}
