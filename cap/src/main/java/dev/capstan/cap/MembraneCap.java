package dev.capstan.cap;

import dev.capstan.async.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reference that leads through a {@link Membrane}. */
final class MembraneCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Membrane membrane;
    private final Cap object;
    private final boolean outward;
    private @Nullable Cap next;

    /** Takes ownership of {@code object}; {@code outward} says that it is of the inside, and this of the outside. */
    MembraneCap(Membrane membrane, Cap object, boolean outward) {
        super(membrane.loop());
        this.membrane = membrane;
        this.object = object;
        this.outward = outward;
    }

    /** What it leads to; borrowed. */
    Cap object() {
        return object;
    }

    boolean isFrom(Membrane other, boolean toTheOutside) {
        return membrane == other && outward == toTheOutside;
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return new PlainRequest(this, method, fallback, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Call passed;
        try {
            passed = passed(call);
        } catch (RuntimeException e) {
            call.close();
            return Answer.broken(Failure.of(e));
        }
        Answer answer = object.call(passed);
        Promise<Payload> results = answer.results().convert(content -> {
            try (content) {
                Payload own = call.newResults(0);
                content.copyTo(own, each -> membrane.passed(each, outward));
                return own;
            }
        });
        return new Answer(Promise.race(List.of(results, membrane.end())).attach(call), new Through(answer.pipeline()));
    }

    @Override
    public Promise<Void> stream(Call call) {
        Call passed;
        try {
            passed = passed(call);
        } catch (RuntimeException e) {
            call.close();
            return Promise.failed(Failure.of(e));
        }
        call.close();
        return object.stream(passed);
    }

    /** The call on the other side. Its parameters are copied and those of {@code call} released, unless it is refused. */
    private Call passed(Call call) {
        membrane.check(object, call.method(), outward);
        Payload params = call.params().format().allocate(0);
        try {
            call.params().copyTo(params, each -> membrane.passed(each, !outward));
        } catch (RuntimeException e) {
            params.close();
            throw e;
        }
        call.releaseParams();
        return Call.of(call.method(), params, call.hints(), call);
    }

    /** The inside of a result on the other side. */
    private final class Through implements Pipeline {
        private final Pipeline all;

        /** Takes ownership. */
        Through(Pipeline all) {
            this.all = all;
        }

        @Override
        public Cap cap(Path path) {
            return membrane.passed(all.cap(path), outward);
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
    public @Nullable Cap resolved() {
        Cap known = next;
        if (known == null) {
            Cap further = object.resolved();
            if (further != null) {
                known = membrane.passed(further.share(), outward);
                next = known;
            }
        }
        return known;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        Promise<Cap> further = object.resolution();
        return further == null ? null : further.convert(cap -> membrane.passed(cap, outward));
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        membrane.forget(this, outward);
        object.close();
        if (next != null) {
            next.close();
        }
    }

    @Override
    public String toString() {
        return "through a membrane: " + object;
    }
}
