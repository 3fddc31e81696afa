package dev.capstan.gateway.translate;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Pipeline;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.WebFormat;
import org.jspecify.annotations.Nullable;

/** A place in results that are not there yet: calls of capabilities below it go ahead, everything else waits. */
final class PlaceCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final NamedCrossing crossing;
    private final Path.Names place;
    private final QueuedCap later;

    PlaceCap(NamedCrossing crossing, Path.Names place) {
        super(crossing.bridge.loop());
        this.crossing = crossing;
        this.place = place;
        this.later = crossing.later(place);
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        Cap known = later.resolved();
        return known != null
                ? known.request(method, fallback, sizeHint, hints)
                : Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        if (later.resolved() != null || !(call.method() instanceof Method.Member(Path.Names path, boolean reads))) {
            return later.call(call);
        }
        Path.Names whole = place.then(path);
        NamedCrossing.Route route = crossing.route(whole);
        if (route == null) {
            return later.call(call);
        }
        Path.Names rest = whole.from(route.taken());
        Cap object = route.object();
        if (object != null && !(reads && rest.isEmpty())) {
            return object.call(new Onward(call, new Method.Member(rest, reads)));
        }
        Answer waiting = later.call(call);
        if (!reads) {
            return waiting;
        }
        // Whoever reads a place and calls something in it need not wait for what was read.
        waiting.pipeline().close();
        return new Answer(waiting.results(), new Inside(crossing.share(), whole));
    }

    /** The pipeline of what lies at a place. Owns {@code all}. */
    private record Inside(Pipeline all, Path.Names place) implements Pipeline {
        @Override
        public Cap cap(Path path) {
            return all.cap(path instanceof Path.Names names ? place.then(names) : place);
        }

        @Override
        public Pipeline share() {
            all.share();
            return this;
        }

        @Override
        public void close() {
            all.close();
        }
    }

    @Override
    public Promise<Void> stream(Call call) {
        return later.resolved() != null ? later.stream(call) : super.stream(call);
    }

    @Override
    protected Cap behind() {
        return later;
    }

    @Override
    public @Nullable Cap resolved() {
        return later.resolved();
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return later.resolution();
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        later.close();
    }

    @Override
    public String toString() {
        return "place '" + place + "' in results that are not there yet";
    }
}
