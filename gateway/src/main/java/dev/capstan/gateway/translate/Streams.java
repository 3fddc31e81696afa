package dev.capstan.gateway.translate;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Writable;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Streams of one wire as those of the other. The windows of both hold: a write settles when the other side's window lets the next one through. */
final class Streams {
    private final Bridge bridge;

    Streams(Bridge bridge) {
        this.bridge = bridge;
    }

    // ---- what is written to

    /** A capability as a stream. Takes ownership; the caller owns the result. */
    Writable writable(Outlet outlet, Cap object) {
        return Writable.of(bridge.loop(), new Sink(outlet, object));
    }

    private final class Sink implements Writable.Sink {
        private final Outlet outlet;
        private final Cap object;
        private boolean released;

        Sink(Outlet outlet, Cap object) {
            this.outlet = outlet;
            this.object = object;
        }

        @Override
        public Promise<Void> write(Readable.Chunk chunk) {
            Request request = request(object, outlet.write());
            try {
                bridge.only(outlet.write(), params(request, outlet.write()), chunk.value());
            } catch (RuntimeException e) {
                request.close();
                release();
                throw e;
            }
            return request.sendStreaming().recover(failure -> {
                release();
                return Promise.failed(failure);
            });
        }

        @Override
        public Promise<Void> end() {
            return results(request(object, outlet.end()).send()).attach(this::release);
        }

        /** Cap'n Proto has no word for it: a stream that is let go before its end is not complete. */
        @Override
        public void abort(Failure reason) {
            release();
        }

        private void release() {
            if (!released) {
                released = true;
                object.close();
            }
        }
    }

    private static Request request(Cap object, Methods.Entry method) {
        return object.request(method.ordinal(), CapnpFormat.INSTANCE, 0, Hints.NO_PIPELINING);
    }

    private static DynamicStruct.Builder params(Request request, Methods.Entry method) {
        return CapnpPayload.of(request.params()).builder().init(method.paramsType());
    }

    private static Promise<Void> results(Answer answer) {
        answer.pipeline().close();
        return answer.results().convert(results -> {
            results.close();
            return Promise.nothing();
        });
    }

    /** A stream as a capability; the caller owns it. Shares {@code stream}. */
    Cap object(Outlet outlet, Writable stream) {
        return new LocalCap(bridge.loop(), new WritableTarget(outlet, stream.share()));
    }

    private final class WritableTarget implements Target {
        private final Outlet outlet;
        private final Writable stream;

        WritableTarget(Outlet outlet, Writable stream) {
            this.outlet = outlet;
            this.stream = stream;
        }

        @Override
        public Promise<Void> handle(Context context) {
            Method method = context.method();
            if (method.equals(outlet.write().ordinal())) {
                Iterator<@Nullable Object> only = bridge.params(outlet.write(), CapnpPayload.of(context.params()))
                        .values()
                        .iterator();
                return stream.write(only.next());
            }
            if (method.equals(outlet.end().ordinal())) {
                return stream.end();
            }
            throw Failure.unimplemented("Method not implemented: " + method + "; this is a WritableStream");
        }

        @Override
        public boolean isStreaming(Method method) {
            return method.equals(outlet.write().ordinal());
        }

        @Override
        public void released() {
            stream.close();
        }
    }

    // ---- what is read from

    /** A capability as a stream, which it begins to write. Takes ownership; the caller owns the result. */
    Readable readable(Inlet inlet, Outlet outlet, Cap object) {
        Writable.Pair pipe = Writable.pipe(bridge.loop());
        try (object;
                Writable stream = pipe.writable();
                Cap to = object(outlet, stream)) {
            Request request = request(object, inlet.pump());
            params(request, inlet.pump()).set(inlet.to(), to);
            Writable told = stream.share();
            Promise.Cancelable pumping = results(request.send()).attach(told).listen(bridge.loop(), (done, failure) -> {
                if (failure != null) {
                    told.abort(Failure.of(failure)).listen(bridge.loop(), (gone, again) -> {});
                }
            });
            stream.onBroken(why -> pumping.cancel());
        }
        return pipe.readable();
    }

    /** A stream as a capability; the caller owns it. Shares {@code stream}. */
    Cap object(Inlet inlet, Outlet outlet, Readable stream) {
        return new LocalCap(bridge.loop(), new ReadableTarget(inlet, outlet, stream.share()));
    }

    private final class ReadableTarget implements Target {
        private final Inlet inlet;
        private final Outlet outlet;
        private final Readable stream;

        ReadableTarget(Inlet inlet, Outlet outlet, Readable stream) {
            this.inlet = inlet;
            this.outlet = outlet;
            this.stream = stream;
        }

        @Override
        public Promise<Void> handle(Context context) {
            if (!context.method().equals(inlet.pump().ordinal())) {
                throw Failure.unimplemented(
                        "Method not implemented: " + context.method() + "; this is a ReadableStream");
            }
            context.allowCancellation();
            DynamicStruct.Reader params =
                    CapnpPayload.of(context.params()).reader().as(inlet.pump().paramsType());
            Cap to = params.get(inlet.to()).asAnyPointer().asCap();
            Writable into = writable(outlet, to);
            return stream.pipeTo(into).attach(into);
        }

        @Override
        public void released() {
            stream.close();
        }
    }
}
