package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Headers;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that nobody writes who means well: each is refused with a reason and a place, before its first step if it is wrong by itself. */
class HostileProgramsTest {
    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() {
        scene.close();
    }

    private static List<@Nullable Object> op(@Nullable Object... parts) {
        return new ArrayList<>(Arrays.asList(parts));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            []                                      | program: a list is an operation and begins with its name; a list of values is ["list", ...] or ["literal", [...]]
            [1, 2]                                  | program: a list is an operation and begins with its name; a list of values is ["list", ...] or ["literal", [...]]
            [null]                                  | program: a list is an operation and begins with its name; a list of values is ["list", ...] or ["literal", [...]]
            [['+', 1, 2]]                           | program: a list is an operation and begins with its name; a list of values is ["list", ...] or ["literal", [...]]
            ['eval', 'code']                        | program: unknown operation 'eval'
            ['GET', {}, 'a']                        | program: unknown operation 'GET'
            ['']                                    | program: unknown operation ''
            ['import', 0]                           | program: unknown operation 'import'
            ['pipeline', 0, ['x'], []]              | program: unknown operation 'pipeline'
            ['list', 1, {'a': ['nope-a-very-long-name-that-goes-on-and-on-and-on']}] | program[2].a: unknown operation 'nope-a-very-long-name-that-goes-on-and-o\u2026'
            ['if', true, 1]                         | program: 'if' has 3 operands, not 2
            ['if', false, 1, 2, 3]                  | program: 'if' has 3 operands, not 4
            ['if', true, 1, ['nope']]               | program[3]: unknown operation 'nope'
            ['+', 1]                                | program: '+' has 2 operands, not 1
            ['+', 1, 2, 3]                          | program: '+' has 2 operands, not 3
            ['not']                                 | program: 'not' has 1 operands, not 0
            ['and']                                 | program: 'and' has at least 1 operands, not 0
            ['do']                                  | program: 'do' has at least 1 operands, not 0
            ['literal']                             | program: 'literal' has 1 operands, not 0
            ['literal', 1, 2]                       | program: 'literal' has 1 operands, not 2
            ['get', {}]                             | program: 'get' has at least 2 operands, not 1
            ['call', {}]                            | program: 'call' has at least 2 operands, not 1
            ['call', {}, 1]                         | program[2]: what is called is named by a text or by a list of texts and indexes
            ['call', {}, null]                      | program[2]: what is called is named by a text or by a list of texts and indexes
            ['call', {}, ['a', -1]]                 | program[2]: a step to what is called is a text or an index from 0 on
            ['call', {}, ['a', 1.5]]                | program[2]: a step to what is called is a text or an index from 0 on
            ['call', {}, ['a', 4294967296]]         | program[2]: a step to what is called is a text or an index from 0 on
            ['call', {}, [['list']]]                | program[2]: a step to what is called is a text or an index from 0 on
            ['capture']                             | program: 'capture' has 1 operands, not 0
            ['capture', 1]                          | program: there is no capture 1; 1 were passed
            ['capture', -1]                         | program: a capture is named by its index, from 0 on
            ['capture', 0.5]                        | program: a capture is named by its index, from 0 on
            ['capture', 'a']                        | program: a capture is named by its index, from 0 on
            ['capture', 9223372036854775807]        | program: a capture is named by its index, from 0 on
            ['var', 'x']                            | program: the name 'x' is not known here
            ['let', [['x', ['var', 'x']]], 1]       | program[1][0][1]: the name 'x' is not known here
            ['list', ['let', [['x', 1]], 1], ['var', 'x']] | program[2]: the name 'x' is not known here
            ['do', ['for', 'x', ['list'], 1], ['var', 'x']] | program[2]: the name 'x' is not known here
            ['do', ['while', [['x', 1]], false, ['list'], 1], ['var', 'x']] | program[2]: the name 'x' is not known here
            ['for', 'x', ['var', 'x'], 1]           | program[2]: the name 'x' is not known here
            ['for', '', ['list'], 1]                | program[1]: a name is a text of at most 64 letters of ASCII, digits and underscores that begins with no digit
            ['for', '1', ['list'], 1]               | program[1]: a name is a text of at most 64 letters of ASCII, digits and underscores that begins with no digit
            ['for', 'a b', ['list'], 1]             | program[1]: a name is a text of at most 64 letters of ASCII, digits and underscores that begins with no digit
            ['for', '\u00e4', ['list'], 1]               | program[1]: a name is a text of at most 64 letters of ASCII, digits and underscores that begins with no digit
            ['for', null, ['list'], 1]              | program[1]: a name is a text of at most 64 letters of ASCII, digits and underscores that begins with no digit
            ['for', 'x', ['list']]                  | program: 'for' has 3 operands, not 2
            ['let', {'x': 1}, 1]                    | program[1]: names are given in a list of pairs, as in [["a", 1], ["b", 2]]
            ['let', [['x']], 1]                     | program[1]: names are given in pairs, as in [["a", 1], ["b", 2]]
            ['let', ['x', 1], 1]                    | program[1]: names are given in pairs, as in [["a", 1], ["b", 2]]
            ['let', [[1, 1]], 1]                    | program[1][0][0]: a name is a text of at most 64 letters of ASCII, digits and underscores that begins with no digit
            ['while', [], true, ['list']]           | program: 'while' has 4 operands, not 3
            ['while', 1, true, ['list'], 1]         | program[1]: names are given in a list of pairs, as in [["a", 1], ["b", 2]]
            """)
    void what_is_wrong_by_itself_is_refused_before_the_first_step(String program, String reason) {
        // Whatever comes before it is not done.
        Object behind = op("do", op("call", op("capture", 0L), "square", 2L), JsonText.value(program));
        String shifted = reason.replaceFirst("^program", "program[2]");
        assertEquals(shifted, scene.failure(behind).reason());
        assertEquals(List.of(), scene.done);
        Failure failure = scene.failure(JsonText.value(program));
        assertEquals(reason, failure.reason());
        assertEquals(
                reason.contains("unknown operation") ? Failure.Kind.UNIMPLEMENTED : Failure.Kind.FAILED,
                failure.kind());
        assertEquals("TypeError", JsError.of(failure).name());
    }

    static Stream<Object> endless() {
        List<@Nullable Object> forever = op("while", op(), true, op("list"), 1L);
        Object wide = op("list");
        for (int i = 0; i < 3; i++) {
            wide = op("for", "x", op("list", 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L), wide);
        }
        Object product = wide;
        for (int i = 0; i < 6; i++) {
            product = op("for", "y", op("list", 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L), product);
        }
        return Stream.of(
                forever,
                op("if", forever, 1L, 2L),
                op("while", op(), op("==", forever, 1L), op("list"), 1L),
                product,
                op(
                        "while",
                        op(op("l", op("list", 1L))),
                        true,
                        op("list", op("concat", op("var", "l"), op("var", "l"))),
                        1L),
                op("while", op(op("t", "x")), true, op("list", op("+", op("var", "t"), "x")), 1L),
                op(
                        "while",
                        op(op("c", op("call", op("capture", 0L), "counter", 1L))),
                        true,
                        op("list", op("call", op("capture", 0L), "echo", op("var", "c"))),
                        1L),
                op(
                        "while",
                        op(op("l", op("list"))),
                        op("<", op("size", op("var", "l")), 10_000L),
                        op("list", op("list", op("var", "l"))),
                        op("var", "l")),
                op(
                        "while",
                        op(op("i", 0L), op("l", op("list"))),
                        op("<", op("var", "i"), 300L),
                        op("list", op("+", op("var", "i"), 1L), op("list", op("var", "l"))),
                        op("var", "l")));
    }

    @ParameterizedTest
    @MethodSource
    void endless(Object program) {
        Failure failure = scene.failure(program);
        assertEquals(Failure.Kind.OVERLOADED, failure.kind(), failure.reason());
        assertTrue(failure.reason().contains("(Budget."), failure.reason());
        assertEquals(4L, scene.run(op("call", op("capture", 0L), "square", 2L)));
    }

    @Test
    void programs_that_nest_deeper_than_any_stack_are_refused() {
        // Passed within this process, where no message limits them.
        Stub local = Stub.of(
                scene.sim.loop(),
                Programs.answeredBy(scene.sim.loop(), WebTarget.empty().on(scene.sim.loop())));
        List<Object> deep = new ArrayList<>();
        for (String tag : List.of("not", "list", "do", "literal")) {
            List<Object> code = new ArrayList<>(List.of("neg", 1L));
            for (int i = 0; i < 900; i++) {
                code = new ArrayList<>(List.of(tag, code));
            }
            deep.add(code);
        }
        Object record = 1L;
        for (int i = 0; i < 900; i++) {
            record = Map.of("a", record);
        }
        deep.add(record);
        try (local) {
            for (Object each : deep) {
                try (Stub result = local.call(Programs.RUN, each)) {
                    Failure failure = assertThrows(Failure.class, () -> scene.sim.await(result.value()));
                    assertTrue(failure.reason().endsWith("(Budget.nesting)"), failure.reason());
                }
            }
        }
    }

    @Test
    void objects_and_streams_have_no_place_in_a_program() {
        Headers headers = Headers.NONE;
        for (Object each : List.of(scene.api, headers, JsError.of("Error", "x"))) {
            for (Object program : List.of(each, op("literal", op(each)), op("list", each), Map.of("a", each))) {
                String reason = scene.failure(program).reason();
                assertTrue(reason.endsWith(" is no part of a program: pass it in the captures"), reason);
            }
        }
    }

    @Test
    void a_program_reaches_nothing_but_what_it_was_given() {
        for (String name : List.of("toString", "constructor", "__proto__", "getClass", "hashCode")) {
            Object value = scene.run(op("get", op("literal", Map.of("a", 1L)), name));
            assertEquals("UNDEFINED", String.valueOf(value));
            assertEquals("UNDEFINED", String.valueOf(scene.run(op("get", op("capture", 0L), name))));
            scene.failure(op("call", op("capture", 0L), name));
            scene.failure(op("call", op("literal", "text"), name));
        }
    }

    @Test
    void many_programs_at_once_are_no_more_than_the_limit_and_leave_nothing() {
        List<Stub> all = new ArrayList<>();
        Object waits = op("call", op("capture", 0L), "later");
        for (int i = 0; i < 200; i++) {
            all.add(scene.api.call(Programs.RUN, waits, List.of(scene.api)));
        }
        scene.sim.poll();
        assertEquals(Budget.DEFAULT.programs(), scene.pending.size());
        all.forEach(Stub::close);
        assertEquals(Collections.emptyList(), scene.run(op("list")));
    }
}
