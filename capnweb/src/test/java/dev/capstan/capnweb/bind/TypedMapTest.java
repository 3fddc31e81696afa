package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.WebException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Maps over lists that are not there yet, with typed stubs. */
class TypedMapTest {
    record Member(String name, int age) {}

    record Card(String text, List<String> lines) {}

    @Remote
    interface Till extends AutoCloseable {
        Pending<Integer> add(int cents);

        @Override
        void close();
    }

    @Remote
    interface Club {
        Pending<List<Integer>> ids();

        Pending<List<Integer>> upTo(Pending<Integer> n);

        Pending<@Nullable List<Integer>> maybe(boolean there);

        Pending<Member> member(Pending<Integer> id);

        Pending<Card> card(Pending<String> name, String greeting);

        Pending<Integer> sum(Pending<Integer> one, Pending<Integer> other);

        Till till(Pending<Integer> cents);

        int now(Pending<Integer> id);

        Pending<Integer> call(Pending<Integer> id, Consumer<String> listener);
    }

    static final class ClubServer implements Club {
        @Override
        public Pending<List<Integer>> ids() {
            return Pending.of(List.of(1, 2, 3));
        }

        @Override
        public Pending<List<Integer>> upTo(Pending<Integer> n) {
            return Pending.of(IntStream.rangeClosed(1, n.await()).boxed().toList());
        }

        @Override
        public Pending<@Nullable List<Integer>> maybe(boolean there) {
            return there ? Pending.of(List.of(7)) : Pending.of(null);
        }

        @Override
        public Pending<Member> member(Pending<Integer> id) {
            if (id.await() == 13) {
                throw Failure.failed("nobody has this number");
            }
            return Pending.of(new Member("m" + id.await(), 20 + id.await()));
        }

        @Override
        public Pending<Card> card(Pending<String> name, String greeting) {
            return Pending.of(new Card(greeting + " " + name.await(), List.of()));
        }

        @Override
        public Pending<Integer> sum(Pending<Integer> one, Pending<Integer> other) {
            return Pending.of(one.await() + other.await());
        }

        @Override
        public Till till(Pending<Integer> cents) {
            int begin = cents.await();
            return new Till() {
                @Override
                public Pending<Integer> add(int more) {
                    return Pending.of(begin + more);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public int now(Pending<Integer> id) {
            return id.await();
        }

        @Override
        public Pending<Integer> call(Pending<Integer> id, Consumer<String> listener) {
            return id;
        }
    }

    private final Pair pair = new Pair();
    private final Club club = pair.connect(Club.class, pair.server.serve(pair.sim.loop(), new ClubServer()));

    @AfterEach
    void nothing_is_left() {
        Remotes.close(club);
        pair.assertNothingIsLeft();
        pair.close();
    }

    @Test
    void a_call_for_each_element_takes_one_round_trip() {
        pair.sim.poll();
        pair.sent.clear();
        try (Pending<List<Integer>> ids = club.ids();
                Pending<List<Member>> members = Pending.map(ids, club::member)) {
            assertEquals(List.of(new Member("m1", 21), new Member("m2", 22), new Member("m3", 23)), members.await());
        }
        assertEquals(
                List.of(
                        "[\"push\",[\"pipeline\",0,[\"ids\"],[]]]",
                        "[\"push\",[\"remap\",1,[],[[\"import\",0]],[[\"pipeline\",-1,[\"member\"],[[\"pipeline\",0]]],[\"pipeline\",1]]]]",
                        "[\"pull\",2]"),
                pair.sent.subList(0, 3));
    }

    @Test
    void what_is_inside_of_elements_and_of_results_can_be_used() {
        try (Pending<List<Integer>> ids = club.ids();
                Pending<List<Member>> members = Pending.map(ids, club::member);
                Pending<List<Card>> cards =
                        Pending.map(members, each -> club.card(each.get("name", String.class), "Hello"));
                Pending<List<Integer>> ages = Pending.map(members, each -> each.get("age", Integer.class))) {
            assertEquals(
                    List.of("Hello m1", "Hello m2", "Hello m3"),
                    cards.await().stream().map(Card::text).toList());
            assertEquals(List.of(21, 22, 23), ages.await());
        }
    }

    @Test
    void maps_nest_and_use_what_is_around_them() {
        try (Pending<List<Integer>> ids = club.ids();
                Pending<List<List<Integer>>> sums =
                        Pending.map(ids, x -> Pending.map(club.upTo(x), y -> club.sum(x, y)))) {
            assertEquals(List.of(List.of(2), List.of(3, 4), List.of(4, 5, 6)), sums.await());
        }
    }

    @Test
    void objects_are_called_where_they_are() {
        try (Pending<List<Integer>> ids = club.ids();
                Pending<List<Integer>> sums =
                        Pending.map(ids, id -> club.till(id).add(10))) {
            assertEquals(List.of(11, 12, 13), sums.await());
        }
    }

    @Test
    void null_is_null() {
        try (Pending<@Nullable List<Integer>> there = club.maybe(true);
                Pending<List<Member>> members = Pending.map(there, club::member)) {
            assertEquals(1, members.await().size());
        }
        try (Pending<@Nullable List<Integer>> gone = club.maybe(false);
                Pending<List<Member>> nobody = Pending.map(gone, club::member)) {
            assertEquals("null", String.valueOf(nobody.await()));
        }
    }

    @Test
    void the_map_fails_where_a_call_does() {
        Club ours = club;
        try (Pending<List<Integer>> many = ours.upTo(Pending.of(13));
                Pending<List<Member>> members = Pending.map(many, ours::member)) {
            assertEquals(
                    "nobody has this number",
                    assertThrows(Failure.class, members::await).reason());
        }
    }

    @Test
    void what_cannot_be_written_down_is_refused_and_leaves_nothing() {
        try (Pending<List<Integer>> ids = club.ids()) {
            String waits = assertThrows(
                            IllegalStateException.class,
                            () -> Pending.map(ids, id -> {
                                int now = club.now(id);
                                return club.sum(id, Pending.of(now));
                            }))
                    .getMessage();
            assertEquals("nothing can be waited for inside of map(): return the stub, or pass it to a call", waits);
            assertThrows(IllegalStateException.class, () -> Pending.map(ids, id -> Pending.of(id.await())));
            assertTrue(String.valueOf(assertThrows(
                                    IllegalArgumentException.class, () -> Pending.map(ids, id -> Pending.of(1)))
                            .getMessage())
                    .startsWith(
                            "the function of a map returns what a call or a place in a value gives, not Pending[1]"));
            assertThrows(WebException.class, () -> Pending.map(ids, id -> club.call(id, text -> {})));
        }
    }

    @Test
    void a_list_that_is_there_is_not_mapped() {
        assertThrows(IllegalStateException.class, () -> Pending.map(Pending.of(List.of(1)), club::member));
    }
}
