package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remotes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A plain object; its methods wait. */
final class ShopOfOurs implements Shop {
    private @Nullable Consumer<String> listener;

    private static final class Counted implements Cart {
        private final String owner;
        private int cents;

        Counted(String owner) {
            this.owner = owner;
        }

        @Override
        public int add(String name, int count) {
            return cents += Item.named(name).cents() * count;
        }

        @Override
        public String owner() {
            return owner;
        }

        @Override
        public void close() {}
    }

    @Override
    public Item item(String name) throws SoldOut {
        return switch (name) {
            case "gold" -> throw new SoldOut("no gold left");
            case "later" -> throw Failure.overloaded("come back later");
            case "" -> throw new IllegalArgumentException("not for callers");
            default -> Item.named(name);
        };
    }

    @Override
    public int total(List<Item> items) {
        return items.stream().mapToInt(Item::cents).sum();
    }

    @Override
    public Pending<List<String>> names() {
        return Pending.of(List.of("bread", "salt"));
    }

    @Override
    public Cart open(String owner) {
        return new Counted(owner);
    }

    @Override
    public Pending<String> token() {
        return Pending.of("abc");
    }

    @Override
    public int length(Pending<String> text) {
        return text.await().length();
    }

    @Override
    public String pay(Cart cart) {
        return cart.owner() + " pays " + cart.add("salt", 0);
    }

    @Override
    public int priced(Function<Item, Promise<Integer>> price, String name) {
        return price.apply(Item.named(name)).await();
    }

    @Override
    public int priceOf(Item item) {
        return item.cents();
    }

    @Override
    public IntUnaryOperator rebate(int percent) {
        return cents -> cents * (100 - percent) / 100;
    }

    @Override
    public void watch(Consumer<String> given) {
        listener = Remotes.dup(given);
    }

    @Override
    public void say(String text) {
        Objects.requireNonNull(listener).accept(text);
    }

    @Override
    public void unwatch() {
        Remotes.close(Objects.requireNonNull(listener));
    }

    @Override
    public Iterator<Item> items(int count) {
        return IntStream.range(0, count).mapToObj(n -> Item.named("n" + n)).iterator();
    }

    @Override
    public int sum(Iterator<Integer> numbers) {
        int sum = 0;
        while (numbers.hasNext()) {
            sum += numbers.next();
        }
        return sum;
    }

    @Override
    public int count(InputStream bytes) {
        try (bytes) {
            return bytes.readAllBytes().length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream zeros(int count) {
        return new ByteArrayInputStream(new byte[count]);
    }

    @Override
    public Flow.Publisher<String> news(Flow.Publisher<String> texts) {
        Flow.Publisher<String> kept = Remotes.dup(texts);
        return subscriber -> kept.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscriber.onSubscribe(subscription);
            }

            @Override
            public void onNext(String text) {
                subscriber.onNext("news: " + text);
            }

            @Override
            public void onError(Throwable failure) {
                subscriber.onError(failure);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
            }
        });
    }

    @Override
    public void close() {}
}
