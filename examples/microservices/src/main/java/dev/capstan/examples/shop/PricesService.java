package dev.capstan.examples.shop;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import java.util.Map;
import java.util.function.Consumer;

/** Prices, over Cap'n Proto. */
final class PricesService implements Prices.Server {
    private static final Map<String, Long> CENTS = Map.of("lamp", 4900L, "chair", 12000L);

    private final Consumer<LogLine> log;

    PricesService(Consumer<LogLine> log) {
        this.log = log;
    }

    @Override
    public Promise<Void> price(CallContext<Prices.PriceParams.Reader, Prices.PriceResults.Builder> call) {
        String item = call.params().getItem();
        log.accept(new LogLine("prices", call.params().getCorrelationId(), "the price of a " + item));
        Long cents = CENTS.get(item);
        if (cents == null) {
            throw Failure.failed("nobody here sells a " + item);
        }
        call.results().setCents(cents);
        return Promise.done();
    }
}
