package dev.capstan.examples.shop;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.Map;
import java.util.function.Consumer;

/** Prices, over Cap'n Proto. */
final class PricesService implements Prices.Server {
    private static final Map<String, Long> CENTS = Map.of("lamp", 4900L, "chair", 12000L);

    private final Traces traces;
    private final Consumer<LogLine> log;

    PricesService(Traces traces, Consumer<LogLine> log) {
        this.traces = traces;
        this.log = log;
    }

    @Override
    public Promise<Void> price(CallContext<Prices.PriceParams.Reader, Prices.PriceResults.Builder> call)
            throws Exception {
        return traces.within(call.params().getTraceparent(), "prices", SpanKind.SERVER, () -> {
            String item = call.params().getItem();
            log.accept(new LogLine("prices", Traces.idOf(Context.current()), "the price of a " + item));
            Long cents = CENTS.get(item);
            if (cents == null) {
                throw Failure.failed("nobody here sells a " + item);
            }
            call.results().setCents(cents);
            return Promise.done();
        });
    }
}
