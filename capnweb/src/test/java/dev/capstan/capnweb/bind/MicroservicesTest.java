package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A service of users, one of orders and a front to both, each behind a session of its own. Whoever logs in holds an account, an object of the first service; the front passes it on to the
 * second, which asks the account itself what its owner may do.
 */
class MicroservicesTest {
    private static final Item LAPTOP = new Item("Laptop", 999.99, 1);
    private static final Item MOUSE = new Item("Mouse", 29.99, 2);

    private final Pair pair = new Pair();
    private final UserService userService = new UserService();
    private final Users users = connect(Users.class, userService);
    private final Orders orders = connect(Orders.class, new OrderService());
    private final Front front = connect(Front.class, new FrontService());

    private <T> T connect(Class<T> type, T object) {
        return pair.connect(type, pair.server.serve(pair.sim.loop(), object));
    }

    enum Role {
        USER,
        ADMIN
    }

    record Profile(String id, String name, String email, Role role) {}

    record Item(String name, double price, int quantity) {}

    record Order(String id, String owner, List<Item> items, double total, String status) {}

    @Remote
    interface Account extends AutoCloseable {
        Profile profile();

        boolean may(String action);

        @Override
        void close();
    }

    @Remote
    interface Users {
        String login(String name, String password);

        /** Fails unless {@code token} is of somebody who is logged in. */
        Account account(String token);

        void logOut(String token);

        List<Profile> all();
    }

    @Remote(blocking = true)
    interface Orders {
        Order create(Account account, List<Item> items);

        List<Order> list(Account account);

        Order cancel(Account account, String id);
    }

    @Remote(blocking = true)
    interface Front {
        Desk login(String name, String password);

        Desk enter(String token);
    }

    @Remote(blocking = true)
    interface Desk extends AutoCloseable {
        String token();

        Profile profile();

        List<Profile> users();

        Order order(List<Item> items);

        List<Order> orders();

        Order cancel(String id);

        void logOut();

        @Override
        void close();
    }

    private static final class UserService implements Users {
        private final Map<String, Profile> profiles = new TreeMap<>();
        private final Map<String, Profile> tokens = new LinkedHashMap<>();
        private final List<String> asked = new ArrayList<>();
        private int issued;

        UserService() {
            profiles.put("alice", new Profile("user1", "alice", "alice@example.com", Role.ADMIN));
            profiles.put("bob", new Profile("user2", "bob", "bob@example.com", Role.USER));
            profiles.put("charlie", new Profile("user3", "charlie", "charlie@example.com", Role.USER));
        }

        @Override
        public String login(String name, String password) {
            Profile profile = profiles.get(name);
            if (profile == null || !password.equals("password")) {
                throw Failure.failed("wrong name or password");
            }
            String token = "token " + ++issued + " of " + name;
            tokens.put(token, profile);
            return token;
        }

        @Override
        public Account account(String token) {
            Profile profile = tokens.get(token);
            if (profile == null) {
                throw Failure.failed("invalid token");
            }
            return new Account() {
                @Override
                public Profile profile() {
                    if (!tokens.containsKey(token)) {
                        throw Failure.failed("invalid token");
                    }
                    return profile;
                }

                @Override
                public boolean may(String action) {
                    asked.add(profile.name() + " " + action);
                    return tokens.containsKey(token)
                            && (profile.role() == Role.ADMIN || !action.equals("order.cancel"));
                }

                @Override
                public void close() {
                    asked.add(profile.name() + " is released");
                }
            };
        }

        @Override
        public void logOut(String token) {
            tokens.remove(token);
        }

        @Override
        public List<Profile> all() {
            return List.copyOf(profiles.values());
        }
    }

    private static final class OrderService implements Orders {
        private final Map<String, Order> all = new LinkedHashMap<>();

        private static void check(Account account, String action) {
            if (!account.may(action)) {
                throw Failure.failed("permission denied: " + action);
            }
        }

        @Override
        public Order create(Account account, List<Item> items) {
            check(account, "order.create");
            double total = items.stream()
                    .mapToDouble(item -> item.price() * item.quantity())
                    .sum();
            Order order =
                    new Order("order" + (all.size() + 1), account.profile().id(), items, total, "pending");
            all.put(order.id(), order);
            return order;
        }

        @Override
        public List<Order> list(Account account) {
            check(account, "order.list");
            String owner = account.profile().id();
            return all.values().stream()
                    .filter(order -> order.owner().equals(owner))
                    .toList();
        }

        @Override
        public Order cancel(Account account, String id) {
            check(account, "order.cancel");
            Order before = all.get(id);
            if (before == null) {
                throw Failure.failed("there is no order " + id);
            }
            Order after = new Order(id, before.owner(), before.items(), before.total(), "cancelled");
            all.put(id, after);
            return after;
        }
    }

    private final class FrontService implements Front {
        @Override
        public Desk login(String name, String password) {
            return enter(users.login(name, password));
        }

        @Override
        public Desk enter(String token) {
            Account account = users.account(token);
            return new Desk() {
                @Override
                public String token() {
                    return token;
                }

                @Override
                public Profile profile() {
                    return account.profile();
                }

                @Override
                public List<Profile> users() {
                    account.profile();
                    return users.all();
                }

                @Override
                public Order order(List<Item> items) {
                    return orders.create(account, items);
                }

                @Override
                public List<Order> orders() {
                    return orders.list(account);
                }

                @Override
                public Order cancel(String id) {
                    return orders.cancel(account, id);
                }

                @Override
                public void logOut() {
                    users.logOut(token);
                }

                @Override
                public void close() {
                    account.close();
                }
            };
        }
    }

    @AfterEach
    void nothing_is_left() {
        Remotes.close(front);
        Remotes.close(orders);
        Remotes.close(users);
        pair.assertNothingIsLeft();
        pair.close();
        assertEquals(
                userService.issued > 0,
                userService.asked.stream().anyMatch(line -> line.endsWith("is released")),
                userService.asked::toString);
    }

    private static String denied(Runnable call) {
        return assertThrows(Failure.class, call::run).reason();
    }

    @Test
    @Parity({"PY-041", "PY-042", "PY-043"})
    void logging_in_gives_a_desk_with_a_profile_and_the_list_of_users() {
        try (Desk bob = front.login("bob", "password");
                Desk alice = front.login("alice", "password")) {
            assertEquals(new Profile("user2", "bob", "bob@example.com", Role.USER), bob.profile());
            assertEquals(new Profile("user1", "alice", "alice@example.com", Role.ADMIN), alice.profile());
            assertEquals(
                    List.of("alice", "bob", "charlie"),
                    bob.users().stream().map(Profile::name).toList());
        }
    }

    @Test
    @Parity({"PY-044", "PY-045", "PY-050"})
    void orders_are_made_and_listed() {
        try (Desk bob = front.login("bob", "password")) {
            Order order = bob.order(List.of(LAPTOP, MOUSE));
            assertEquals(new Order("order1", "user2", List.of(LAPTOP, MOUSE), order.total(), "pending"), order);
            assertEquals(1059.97, order.total(), 0.001);
            Order more = bob.order(List.of(MOUSE));
            Order most = bob.order(List.of(LAPTOP));
            assertEquals(List.of(order, more, most), bob.orders());
        }
    }

    @Test
    @Parity({"PY-046", "PY-047"})
    void only_those_who_may_cancel_an_order() {
        try (Desk bob = front.login("bob", "password");
                Desk alice = front.login("alice", "password")) {
            Order order = bob.order(List.of(MOUSE));
            assertEquals("permission denied: order.cancel", denied(() -> bob.cancel(order.id())));
            assertEquals("pending", bob.orders().getFirst().status());
            assertEquals("cancelled", alice.cancel(order.id()).status());
            assertEquals("cancelled", bob.orders().getFirst().status());
            assertEquals("there is no order order9", denied(() -> alice.cancel("order9")));
        }
    }

    @Test
    @Parity("PY-048")
    void the_service_of_orders_asks_the_account_that_it_was_passed() {
        try (Desk bob = front.login("bob", "password")) {
            assertEquals("user2", bob.order(List.of(MOUSE)).owner());
            assertEquals(List.of("bob order.create"), userService.asked);
        }
        pair.sim.poll();
        assertEquals(List.of("bob order.create", "bob is released"), userService.asked);
    }

    @Test
    @Parity("PY-049")
    void tokens_that_are_none_and_those_that_were_revoked_are_refused() {
        try (Desk nobody = front.enter("no token");
                Desk wrong = front.login("bob", "guessed")) {
            assertEquals("invalid token", denied(nobody::profile));
            assertEquals("wrong name or password", denied(wrong::orders));
        }
        try (Desk bob = front.login("bob", "password");
                Desk again = front.enter(bob.token())) {
            assertEquals("bob", again.profile().name());
            bob.logOut();
            assertEquals("invalid token", denied(again::profile));
            assertEquals("permission denied: order.create", denied(() -> bob.order(List.of(MOUSE))));
            try (Desk late = front.enter("token 1 of bob")) {
                assertEquals("invalid token", denied(late::profile));
            }
        }
    }

    @Test
    @Parity("PY-051")
    void users_see_their_own_orders_alone() {
        try (Desk bob = front.login("bob", "password");
                Desk charlie = front.login("charlie", "password")) {
            Order ofBob = bob.order(List.of(MOUSE));
            Order ofCharlie = charlie.order(List.of(LAPTOP));
            assertEquals(List.of(ofBob), bob.orders());
            assertEquals(List.of(ofCharlie), charlie.orders());
        }
    }
}
