package dev.capstan.grpc.client;

import dev.capstan.async.Address;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Tells lists of addresses when a test says so; the latest to each who comes. */
final class Lists implements Flow.Publisher<List<Address>> {
    private final List<Flow.Subscriber<? super List<Address>>> readers = new CopyOnWriteArrayList<>();
    private volatile @Nullable List<Address> latest;

    void tell(List<Address> list) {
        latest = list;
        readers.forEach(each -> each.onNext(list));
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<Address>> subscriber) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                readers.add(subscriber);
                List<Address> now = latest;
                if (now != null) {
                    subscriber.onNext(now);
                }
            }

            @Override
            public void cancel() {
                readers.remove(subscriber);
            }
        });
    }
}
