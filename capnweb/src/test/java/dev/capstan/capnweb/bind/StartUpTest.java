package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import java.lang.invoke.MethodHandles;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What could not be called, or could not travel, is told when an object is served and not when somebody calls. */
class StartUpTest {
    private final SimLoop sim = new SimLoop();
    private final Binder binder = Binder.of(MethodHandles.lookup());

    private String refused(Class<?> type) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> binder.declarations(type))
                .getMessage());
    }

    @Remote
    interface Overloads {
        void call(int a);

        void call(String a);
    }

    @Test
    void overloads_are_refused() {
        assertEquals(
                "Overloads.call: there is another method of the name 'call', and JavaScript knows no overloads:"
                        + " give one of them another name with @Named",
                refused(Overloads.class));
    }

    @Remote
    interface Map1 {
        void map();
    }

    @Remote
    interface Renamed {
        @Named("constructor")
        void call();
    }

    @Remote
    interface Then {
        void then();
    }

    @Test
    void names_that_clients_have_themselves_are_refused() {
        assertEquals(
                "Map1.map: 'map' is what every stub of TypeScript has itself, so that clients cannot call it:"
                        + " give it another name with @Named",
                refused(Map1.class));
        assertTrue(refused(Then.class).startsWith("Then.then: 'then' is what every stub"));
        assertTrue(refused(Renamed.class).startsWith("Renamed.call: 'constructor' is what every object"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dup",
                "onRpcBroken",
                "map",
                "then",
                "catch",
                "finally",
                "toString",
                "constructor",
                "hasOwnProperty",
                "valueOf",
                "__proto__",
                "toJSON",
                "toLocaleString",
                "isPrototypeOf",
                "propertyIsEnumerable",
                "__defineGetter__",
                "__defineSetter__",
                "__lookupGetter__",
                "__lookupSetter__"
            })
    void each_name_that_typescript_keeps_to_itself_is_known(String name) {
        assertTrue(!Names.faultOfMethod(name).isEmpty());
    }

    @Remote
    interface Deep {
        void add(List<Map<String, Optional<Entry>>> entries);

        record Entry(String text, LocalDate day) {}
    }

    @Remote
    interface Money {
        Promise<BigDecimal> sum();
    }

    @Remote
    @SuppressWarnings("NonApiType") // as users may do it
    interface Lists {
        LinkedHashSet<String> all();
    }

    @Remote
    interface Keys {
        Map<Integer, String> all();
    }

    @Remote
    interface Generic {
        <T> T all(T some);
    }

    @Remote
    interface Variable {
        void all(int... some);
    }

    @Remote
    interface Plain {
        StringBuilder text();
    }

    @Remote
    interface Promised {
        void all(Promise<String> some);
    }

    interface Unmarked {
        void call();
    }

    @Remote
    interface Unmarks {
        Unmarked get();
    }

    @Remote
    interface Properties {
        @Property
        int get(int index);
    }

    @Test
    void types_that_do_not_travel_are_told_with_their_place_and_what_to_use() {
        assertEquals(
                "Deep.add: parameter 1: Entry.day: LocalDate does not travel: use an Instant, which is JavaScript's Date, or a String",
                refused(Deep.class));
        assertEquals(
                "Money.sum: its result: BigDecimal does not travel: use a double, a BigInteger, or a String",
                refused(Money.class));
        assertEquals(
                "Lists.all: its result: LinkedHashSet<String> does not travel: use List or Set", refused(Lists.class));
        assertEquals(
                "Keys.all: its result: Map<Integer, String>: objects of JavaScript have names as keys: use String or an enum",
                refused(Keys.class));
        assertTrue(refused(Generic.class).endsWith("declare types, or Object"));
        assertTrue(refused(Variable.class).endsWith("take a List"));
        assertEquals(
                "Plain.text: its result: StringBuilder does not travel: use a String, or a record",
                refused(Plain.class));
        assertTrue(refused(Promised.class).endsWith("promises are results of methods; elsewhere use a Pending"));
        assertTrue(refused(Unmarks.class).contains("annotate the interface @Remote if peers are to call it"));
        assertTrue(refused(Properties.class).endsWith("a @Property is read, so that it has no parameters"));
    }

    @Remote
    interface Endless {
        Nest<String> nest();

        record Nest<T>(Optional<Nest<List<T>>> next) {}
    }

    @Test
    void a_type_that_grows_without_end_is_refused() {
        assertTrue(refused(Endless.class).endsWith("the type holds ever larger types, without an end"));
    }

    @Remote
    interface Tags {
        Case get();

        sealed interface Case permits One {}

        record One(String type) implements Case {}
    }

    @Remote
    interface Mixed {
        Part get();

        sealed interface Part permits First, Second {}

        record First() implements Part {}

        final class Second implements Part {}
    }

    @Test
    void sealed_interfaces_that_could_not_be_told_apart_are_refused() {
        assertTrue(refused(Tags.class).contains("the object has another member 'type'"), refused(Tags.class));
        assertTrue(refused(Mixed.class).endsWith("only records can be told apart on the wire"), refused(Mixed.class));
    }

    record Proto(@Named("__proto__") String text) {}

    @Test
    void members_that_do_not_arrive_are_refused() {
        assertEquals(
                "Proto.text: '__proto__' is what every object of JavaScript has, so that it does not travel:"
                        + " give it another name with @Named",
                refused(Proto.class));
    }

    @Remote
    interface Left {
        int value();
    }

    @Remote
    interface Right {
        int value(int index);
    }

    private static final class Both implements Left, Right {
        @Override
        public int value() {
            return 0;
        }

        @Override
        public int value(int index) {
            return index;
        }
    }

    @Test
    void an_object_cannot_have_one_name_twice() {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, () -> binder.serve(sim.loop(), new Both()))
                        .getMessage());
        assertTrue(message.contains("both have a method value"), message);
    }

    @Test
    void an_object_without_remote_interface_is_refused() {
        assertEquals(
                "java.lang.String implements no interface that is annotated @Remote",
                assertThrows(IllegalArgumentException.class, () -> binder.serve(sim.loop(), "x"))
                        .getMessage());
    }

    @Test
    void the_same_object_is_the_same_reference() {
        LibraryServer object = new LibraryServer(sim.loop());
        Cap one = binder.serve(sim.loop(), object);
        Cap two = binder.serve(sim.loop(), object);
        assertTrue(one.leadsTo(two));
        one.close();
        two.close();
        try (Cap anew = binder.serve(sim.loop(), object)) {
            assertTrue(!anew.leadsTo(one));
        }
    }
}
