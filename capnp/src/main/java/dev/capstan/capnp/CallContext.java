package dev.capstan.capnp;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call as the method that serves it sees it. Usable until the method's promise has settled.
 *
 * @param <P> reader of the parameters
 * @param <R> builder of the results
 */
public final class CallContext<P extends StructReader, R extends StructBuilder> {
    private final Context context;
    private final StructType<?, P> paramsType;
    private final StructType<R, ?> resultsType;
    private @Nullable P params;
    private @Nullable R results;

    CallContext(Context context, StructType<?, P> params, StructType<R, ?> results) {
        this.context = context;
        this.paramsType = params;
        this.resultsType = results;
    }

    /** The parameters, until {@link #releaseParams}. Capabilities taken from them are owned by whoever takes them. */
    public P params() {
        P known = params;
        if (known == null) {
            known = CapnpPayload.of(context.params()).reader().as(paramsType);
            params = known;
        } else {
            context.params();
        }
        return known;
    }

    /** Frees the parameters early, so that a long call does not pin them and the capabilities in them. */
    public void releaseParams() {
        context.releaseParams();
    }

    /** Where the results are built; the same builder each time. */
    public R results() {
        return results(0);
    }

    /** As {@link #results()}; {@code words} is the expected size of all that will be built, and counts the first time. */
    public R results(int words) {
        R known = results;
        if (known == null) {
            int hint = words > 0 ? words + 1 : Request.sizeHint(resultsType);
            known = CapnpPayload.of(context.results(hint)).builder().init(resultsType);
            results = known;
        } else {
            context.results(0);
        }
        return known;
    }

    /** Replaces the results by a copy of {@code value}, which is of {@code type}. */
    public <V extends StructReader> void setResults(StructType<R, V> type, V value) {
        int hint = (int) Math.min(value.totalSizeWords() + 1, Integer.MAX_VALUE - 1);
        AnyPointer.Builder content = CapnpPayload.of(context.results(hint)).builder();
        content.setAs(type, value);
        results = content.as(type);
    }

    /**
     * Lets the result of {@code request} be the result of this call; where the wire can do that it does not even pass through here. Takes
     * ownership. Return the promise from the method.
     */
    public Promise<Void> tailCall(Request<?, ?> request) {
        return context.tailCall(request.raw());
    }

    /** Tells callers which capabilities the results will hold, before the call ends, so that pipelined calls can go on. */
    public void setPipeline(Consumer<? super R> fill) {
        Payload payload = CapnpFormat.INSTANCE.allocate(Request.sizeHint(resultsType));
        fill.accept(CapnpPayload.of(payload).builder().init(resultsType));
        context.setPipeline(Pipeline.of(payload));
    }

    /** From now on this call stops when its caller has lost interest; otherwise it runs to its end. */
    public void allowCancellation() {
        context.allowCancellation();
    }

    /** Whether the caller has lost interest. */
    public boolean isCanceled() {
        return context.isCanceled();
    }

    /** The loop that the object lives on. */
    public Loop loop() {
        return context.loop();
    }

    /** What a method answers that was not overridden. */
    public Promise<Void> unimplemented(String interfaceName, String methodName) {
        return Promise.failed(Failure.unimplemented(
                "Method not implemented.; interfaceName = " + interfaceName + "; methodName = " + methodName));
    }
}
