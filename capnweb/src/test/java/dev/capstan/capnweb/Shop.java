package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Property;
import dev.capstan.capnweb.bind.Remote;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** What Java serves to Node and Node to Java; in JavaScript {@code peers/node/typed-server.mjs} is the same. */
@Remote
interface Shop extends AutoCloseable {
    enum Kind {
        FOOD,
        TOOL
    }

    record Item(
            String name,
            int cents,
            Kind kind,
            Instant since,
            List<String> tags,
            BigInteger sold,
            Optional<String> note) {
        static Item named(String name) {
            return new Item(
                    name,
                    name.length() * 50,
                    Kind.FOOD,
                    Instant.ofEpochMilli(1000),
                    List.of("fresh"),
                    new BigInteger("12345678901234567890"),
                    Optional.empty());
        }
    }

    final class SoldOut extends Exception {
        private static final long serialVersionUID = 1;

        SoldOut(String message) {
            super(message);
        }
    }

    @Remote
    interface Cart extends AutoCloseable {
        int add(String name, int count);

        @Property
        String owner();

        @Override
        void close();
    }

    Item item(String name) throws SoldOut;

    int total(List<Item> items);

    Pending<List<String>> names();

    Cart open(String owner);

    Pending<String> token();

    int length(Pending<String> text);

    String pay(Cart cart);

    int priced(Function<Item, Promise<Integer>> price, String name);

    int priceOf(Item item);

    IntUnaryOperator rebate(int percent);

    void watch(Consumer<String> listener);

    void say(String text);

    void unwatch();

    Iterator<Item> items(int count);

    int sum(Iterator<Integer> numbers);

    int count(InputStream bytes);

    InputStream zeros(int count);

    Flow.Publisher<String> news(Flow.Publisher<String> texts);

    @Override
    void close();
}
