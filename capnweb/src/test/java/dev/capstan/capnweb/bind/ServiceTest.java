package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain objects as a peer sees them that writes the lines itself. */
class ServiceTest {
    private final Pair pair = new Pair();
    private final LibraryServer object = new LibraryServer(pair.sim.loop());
    private final Pair.Lines client = pair.lines(pair.server.serve(pair.sim.loop(), object));

    @AfterEach
    void nothing_is_left() {
        pair.assertNothingIsLeft();
        pair.close();
    }

    private String call(String method, String arguments) {
        return client.call("[\"pipeline\",0,[\"" + method + "\"]," + arguments + "]");
    }

    private static String typeError(String message) {
        return "rejected [\"error\",\"TypeError\",\"" + message + "\"]";
    }

    @Nested
    class Calls {
        @Test
        void a_method_is_called_by_its_name() {
            assertEquals("49", call("square", "[7]"));
        }

        @Test
        void records_are_objects_and_enums_names() {
            assertEquals(
                    "\"Ann is 3, HIGH\"",
                    call(
                            "greet",
                            "[{\"name\":\"Ann\",\"age\":3,\"addresses\":[[]],\"levels\":{},\"more\":1},\"top\"]"));
        }

        @Test
        void what_is_empty_is_left_out_and_null_is_null() {
            assertEquals(
                    "{\"name\":\"Bob\",\"age\":41,\"addresses\":[[{\"street\":\"Main\",\"number\":7}]],\"note\":null,\"levels\":{\"x\":\"top\"}}",
                    call("byName", "[\"Bob\"]"));
        }

        @Test
        void a_case_of_a_sealed_interface_has_its_tag() {
            assertEquals(
                    "{\"kind\":\"group\",\"parts\":[[{\"kind\":\"circle\",\"radius\":2}]]}",
                    call("figure", "[{\"kind\":\"group\",\"parts\":[[{\"radius\":2,\"kind\":\"circle\"}]]}]"));
        }

        @Test
        void default_methods_are_methods_and_missing_arguments_may_be_optional() {
            assertEquals("\"default nobody\"", call("default", "[]"));
            assertEquals("\"default Eve\"", call("default", "[\"Eve\"]"));
        }

        @Test
        @Parity("PY-065")
        void promises_and_stages_and_pending_values_are_waited_for() {
            assertEquals("6", call("later", "[5]"));
            assertEquals("\"a!\"", call("stage", "[\"a\"]"));
            assertEquals("\"a?\"", call("pending", "[\"a\"]"));
            assertEquals("3", call("length", "[\"abc\"]"));
        }

        @Test
        void properties_are_read_and_what_is_in_them_called() {
            object.shared.increment(5);
            assertEquals("5", client.call("[\"pipeline\",0,[\"shared\",\"value\"]]"));
            assertEquals("7", client.call("[\"pipeline\",0,[\"shared\",\"increment\"],[2]]"));
        }

        @Test
        void a_method_that_is_read_is_a_function() {
            assertEquals(
                    List.of(),
                    client.say("[\"push\",[\"pipeline\",0,[\"square\"]]]", "[\"push\",[\"pipeline\",1,[],[9]]]"));
            assertEquals(List.of("[\"resolve\",2,81]"), client.say("[\"pull\",2]"));
            client.say("[\"release\",1,1]", "[\"release\",2,1]");
        }

        @Test
        void a_method_that_is_read_is_passed_as_a_callback() {
            Pair waits = new Pair();
            Pair.Lines lines =
                    waits.lines(waits.server.serveBlocking(waits.sim.loop(), new LibraryServer(waits.sim.loop())));
            assertEquals("81", lines.call("[\"pipeline\",0,[\"twice\"],[[\"pipeline\",0,[\"square\"]],3]]"));
            assertEquals(
                    "rejected [\"error\",\"TypeError\",\"twice: args[0]: expected a function, got undefined\"]",
                    lines.call("[\"pipeline\",0,[\"twice\"],[[\"pipeline\",0,[\"onlyOfTheClass\"]],3]]"));
            assertEquals(
                    "rejected [\"error\",\"TypeError\",\"twice: args[0]: expected a function, got 0\"]",
                    lines.call("[\"pipeline\",0,[\"twice\"],[[\"pipeline\",0,[\"shared\",\"value\"]],3]]"));
            waits.assertNothingIsLeft();
            waits.close();
        }

        @Test
        void a_method_that_is_read_keeps_its_object() {
            client.say("[\"push\",[\"pipeline\",0,[\"shared\"]]]", "[\"pull\",1]");
            assertEquals(
                    List.of("[\"resolve\",2,[\"export\",-2]]"),
                    client.say("[\"push\",[\"pipeline\",-1,[\"increment\"]]]", "[\"pull\",2]"));
            client.say("[\"release\",1,1]", "[\"release\",2,1]", "[\"release\",-1,1]");
            assertFalse(object.shared.closed);
            assertEquals(
                    List.of("[\"resolve\",3,4]"), client.say("[\"push\",[\"pipeline\",-2,[],[4]]]", "[\"pull\",3]"));
            client.say("[\"release\",3,1]", "[\"release\",-2,1]");
            assertTrue(object.shared.closed);
        }

        @Test
        void an_object_in_a_result_is_served_and_closed_when_it_is_released() {
            assertEquals(
                    List.of("[\"resolve\",1,[\"export\",-1]]"),
                    client.say("[\"push\",[\"pipeline\",0,[\"shared\"]]]", "[\"pull\",1]"));
            assertEquals(
                    List.of("[\"resolve\",2,3]"),
                    client.say("[\"push\",[\"pipeline\",-1,[\"increment\"],[3]]]", "[\"pull\",2]"));
            assertFalse(object.shared.closed);
            client.say("[\"release\",1,1]", "[\"release\",2,1]", "[\"release\",-1,1]");
            assertTrue(object.shared.closed);
        }

        @Test
        void an_object_that_comes_back_is_the_original() {
            client.say("[\"push\",[\"pipeline\",0,[\"shared\"]]]", "[\"pull\",1]");
            assertEquals(
                    List.of("[\"resolve\",2,true]"),
                    client.say("[\"push\",[\"pipeline\",0,[\"isMine\"],[[\"import\",-1]]]]", "[\"pull\",2]"));
            assertEquals(
                    List.of("[\"resolve\",3,true]"),
                    client.say("[\"push\",[\"pipeline\",0,[\"isMine\"],[[\"pipeline\",1]]]]", "[\"pull\",3]"));
            client.say("[\"release\",1,1]", "[\"release\",2,1]", "[\"release\",3,1]", "[\"release\",-1,1]");
        }
    }

    @Nested
    class Hostile {
        @ParameterizedTest
        @Parity({"CW-I050", "CW-I051"})
        @ValueSource(
                strings = {
                    "getClass", "hashCode", "equals", "toString", "notify", "wait", "clone", "finalize", "constructor",
                            "__proto__",
                    "onlyOfTheClass", "ofTheClass", "withBody", "nope", "", "loop", "lambda$adder$0", "$jacocoInit",
                            "valueOf", "then"
                })
        void what_is_in_no_interface_does_not_exist(String name) {
            assertEquals(typeError("'" + name + "' is not a function."), call(name, "[]"));
            assertEquals("[\"undefined\"]", client.call("[\"pipeline\",0,[\"" + name + "\"]]"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "[\"constructor\",\"name\"]|Cannot read properties of undefined (reading 'name')",
                    "[\"square\",\"x\",\"y\"]|Cannot read properties of undefined (reading 'y')",
                    "[0,\"square\"]|Cannot read properties of undefined (reading 'square')"
                })
        void paths_do_not_lead_into_methods_or_classes(String path, String message) {
            assertEquals(typeError(message), client.call("[\"pipeline\",0," + path + "]"));
        }

        @Test
        void what_is_inside_of_a_method_cannot_be_called() {
            assertEquals(
                    typeError("'square.call' is not a function."),
                    client.call("[\"pipeline\",0,[\"square\",\"call\"],[1]]"));
            assertEquals(
                    typeError("'constructor.constructor' is not a function."),
                    client.call("[\"pipeline\",0,[\"constructor\",\"constructor\"],[\"x\"]]"));
            assertEquals(typeError("'' is not a function."), client.call("[\"pipeline\",0,[],[1]]"));
        }

        @Test
        void a_property_is_not_called() {
            assertEquals(typeError("'shared' is a property, not a function: read it"), call("shared", "[]"));
        }

        @Test
        @Parity("PY-119")
        void numbers_of_arguments_are_told() {
            assertEquals(typeError("square: takes 1 argument, got 0"), call("square", "[]"));
            assertEquals(typeError("square: takes 1 argument, got 3"), call("square", "[1,2,3]"));
            assertEquals(typeError("greet: takes 2 arguments, got 1"), call("greet", "[{}]"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "3.5|3.5",
                    "2147483648|2147483648",
                    "1e300|1.0E300",
                    "\"7\"|\\\"7\\\"",
                    "null|null",
                    "[\"undefined\"]|undefined",
                    "true|true",
                    "[\"bigint\",\"5\"]|5n",
                    "[\"nan\"]|NaN",
                    "[\"inf\"]|Infinity",
                    "[[1]]|an array of 1",
                    "{}|an object",
                    "[\"bytes\",\"AQID\"]|a Uint8Array",
                    "[\"date\",0]|a Date",
                    "[\"error\",\"Error\",\"x\"]|an error"
                })
        void what_is_no_integer_is_told(String tree, String told) {
            assertEquals(
                    typeError("square: args[0]: expected an integer from -2147483648 to 2147483647, got " + told),
                    call("square", "[" + tree + "]"));
        }

        @Test
        void a_number_that_javascript_does_not_tell_from_its_neighbour_is_no_long() {
            assertEquals("9007199254740991", call("exact", "[9007199254740991]"));
            assertEquals("-9007199254740991", call("exact", "[-9007199254740991]"));
            String refused = typeError(
                    "exact: args[0]: expected an integer from -9007199254740991 to 9007199254740991, got 9007199254740992");
            assertEquals(refused, call("exact", "[9007199254740992]"));
            assertEquals(refused.replace("992\"", "993\""), call("exact", "[9007199254740993]"));
        }

        @Test
        void what_is_wrong_deep_inside_is_told_with_its_place() {
            assertEquals(
                    typeError("table: args[0][0].bob.addresses[1].number: expected an integer from -2147483648 to"
                            + " 2147483647, got \\\"x\\\""),
                    call(
                            "table",
                            "[[[{\"bob\":{\"name\":\"Bob\",\"age\":1,\"levels\":{},\"addresses\":[[{\"street\":\"a\",\"number\":1},"
                                    + "{\"street\":\"b\",\"number\":\"x\"}]]}}]]]"));
            assertEquals(
                    typeError("greet: args[0].age: is missing"),
                    call("greet", "[{\"name\":\"Ann\",\"addresses\":[[]],\"levels\":{}},\"LOW\"]"));
            assertEquals(
                    typeError("greet: args[1]: expected one of LOW, top, got \\\"HIGH\\\""),
                    call("greet", "[{\"name\":\"Ann\",\"age\":1,\"addresses\":[[]],\"levels\":{}},\"HIGH\"]"));
            assertEquals(
                    typeError("greet: args[0]: an age is not negative"),
                    call("greet", "[{\"name\":\"Ann\",\"age\":-1,\"addresses\":[[]],\"levels\":{}},\"LOW\"]"));
            assertEquals(
                    typeError("figure: args[0].parts[0].kind: expected one of circle, group, got \\\"square\\\""),
                    call("figure", "[{\"kind\":\"group\",\"parts\":[[{\"kind\":\"square\"}]]}]"));
            assertEquals(
                    typeError("figure: args[0].kind: expected one of circle, group, got undefined"),
                    call("figure", "[{\"radius\":1}]"));
        }

        @Test
        void references_are_checked_and_given_back() {
            assertEquals(typeError("read: args[0]: expected a stub (Counter), got 5"), call("read", "[5]"));
            assertEquals(typeError("twice: args[0]: expected a function, got an object"), call("twice", "[{},1]"));
            // An argument that is right before one that is wrong is given back.
            client.say("[\"push\",[\"pipeline\",0,[\"twice\"],[[\"export\",-1],\"x\"]]]", "[\"pull\",3]");
            client.say("[\"release\",3,1]");
        }

        @Test
        void a_view_of_an_object_does_not_become_a_wider_one() {
            client.say("[\"push\",[\"pipeline\",0,[\"self\"],[]]]", "[\"pull\",1]");
            assertEquals(
                    List.of("[\"reject\",2,[\"error\",\"TypeError\",\"'secret' is not a function.\"]]"),
                    client.say("[\"push\",[\"pipeline\",-1,[\"secret\"],[]]]", "[\"pull\",2]"));
            client.say("[\"release\",1,1]", "[\"release\",2,1]", "[\"release\",-1,1]");
        }

        @Test
        void a_tree_of_records_may_not_nest_for_ever() {
            StringBuilder tree = new StringBuilder();
            int levels = 100;
            tree.repeat("{\"label\":\"a\",\"children\":[[", levels).repeat("]]}", levels);
            assertTrue(call("tree", "[" + tree + "]").startsWith("{\"label\":\"a\""));
        }
    }

    @Nested
    class Failures {
        @Test
        void what_was_not_meant_for_callers_is_redacted() {
            assertEquals(
                    "rejected [\"error\",\"Error\",\"fail failed; the log of the callee says why\"]",
                    call("fail", "[\"otherwise\"]"));
            assertEquals(
                    "rejected [\"error\",\"TypeError\",\"fail failed; the log of the callee says why\",null,{\"kind\":\"unimplemented\"}]",
                    call("fail", "[\"unsupported\"]"));
        }

        @Test
        void failures_and_declared_exceptions_are_told() {
            assertEquals(
                    "rejected [\"error\",\"Error\",\"come back later\",null,{\"kind\":\"overloaded\"}]",
                    call("fail", "[\"failure\"]"));
            assertEquals("rejected [\"error\",\"Sold\",\"sold out\"]", call("fail", "[\"declared\"]"));
        }

        @Test
        void a_binder_may_show_everything() {
            Pair other = new Pair(Binder.of(MethodHandles.lookup()).showingMessages());
            Pair.Lines lines = other.lines(other.server.serve(other.sim.loop(), new LibraryServer(other.sim.loop())));
            assertEquals(
                    "rejected [\"error\",\"Error\",\"password is hunter2\"]",
                    lines.call("[\"pipeline\",0,[\"fail\"],[\"otherwise\"]]"));
            other.close();
        }
    }
}
