package dev.capstan.capnweb.il;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.capstan.capnweb.JsValue;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each operation gives. Programs are as {@code docs/il.md} writes them; capture 0 is the server's object. */
class OperationsTest {
    private static final String ROWS = "the rows are JSON with single quotes";

    private final Scene scene = new Scene();

    @AfterEach
    void nothingIsLeft() {
        scene.close();
    }

    private static List<@Nullable Object> op(@Nullable Object... parts) {
        return Arrays.asList(parts);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            null                                                    | null
            true                                                    | true
            12                                                      | 12
            1.5                                                     | 1.5
            'text'                                                  | 'text'
            {}                                                      | {}
            {'a': 1, 'b': {'c': ['+', 1, 1]}}                       | {'a': 1, 'b': {'c': 2}}
            ['list']                                                | []
            ['list', 1, ['list', 2], {'a': 3}]                      | [1, [2], {'a': 3}]
            ['literal', ['get', {'x': [1]}]]                        | ['get', {'x': [1]}]
            ['literal', 'text']                                     | 'text'
            ['get', {'a': ['list', 1, 2]}, 'a', 1]                  | 2
            ['get', {'a': 1}, ['+', 'a', '']]                       | 1
            ['get', ['list', 1, 2, 3], ['-', 3, 1]]                 | 3
            ['get', ['capture', 0], 'version']                      | 7
            ['get', ['capture', 0], 'deep', 'er', 1]                | 'y'
            ['get', ['get', ['capture', 0], 'deep'], 'er', 0]       | 'x'
            ['call', ['capture', 0], 'square', 3]                   | 9
            ['call', {'api': ['capture', 0]}, ['api', 'square'], 3] | 9
            ['call', ['get', ['list', ['capture', 0]], 0], 'add', 1, ['call', ['capture', 0], 'square', 2]] | 5
            ['call', ['capture', 0], 'list', 3]                     | [1, 2, 3]
            ['call', ['capture', 0], 'echo', {'a': ['call', ['capture', 0], 'square', 2]}] | {'a': 4}
            ['get', ['call', ['capture', 0], 'echo', ['list', 1, 2]], 1] | 2
            ['call', ['call', ['capture', 0], 'counter', 1], 'increment', 2] | 3
            ['get', ['call', ['capture', 0], 'counter', 1], 'value'] | 1
            ['call', ['call', ['capture', 0], 'counters', 3], [2, 'increment']] | 3
            ['call', ['get', ['call', ['capture', 0], 'counters', 3], 1], 'increment'] | 2
            ['call', ['capture', 0], 'nothing']                     | null
            ['let', [['a', 1], ['b', ['+', ['var', 'a'], 1]]], ['list', ['var', 'a'], ['var', 'b']]] | [1, 2]
            ['let', [['a', 1]], ['list', ['let', [['a', 2]], ['var', 'a']], ['var', 'a']]] | [2, 1]
            ['let', [], 3]                                          | 3
            ['let', [['a', 1], ['a', ['+', ['var', 'a'], 1]]], ['var', 'a']] | 2
            ['do', 1, 2, 3]                                         | 3
            ['let', [['c', ['call', ['capture', 0], 'counter', 0]]], ['do', ['call', ['var', 'c'], 'increment'], ['call', ['var', 'c'], 'increment'], ['get', ['var', 'c'], 'value']]] | 2
            ['if', true, 1, ['fail', 'no']]                         | 1
            ['if', ['<', 2, 1], ['fail', 'no'], 2]                  | 2
            ['and', true, true]                                     | true
            ['and', true, false, ['fail', 'no']]                    | false
            ['and', true]                                           | true
            ['or', false, true, ['fail', 'no']]                     | true
            ['or', false, false]                                    | false
            ['or', false, ['and', true, ['==', 1, 1]]]              | true
            ['not', false]                                          | true
            ['for', 'x', ['list', 1, 2, 3], ['*', ['var', 'x'], 2]] | [2, 4, 6]
            ['for', 'x', ['list'], ['fail', 'no']]                  | []
            ['for', 'x', ['list', 1, 2, 3], ['var', 'x'], ['!=', ['var', 'x'], 2]] | [1, 3]
            ['for', 'x', ['list', 1, 2], ['for', 'y', ['list', 3, 4], ['+', ['*', ['var', 'x'], 10], ['var', 'y']]]] | [[13, 14], [23, 24]]
            ['for', 'x', ['call', ['capture', 0], 'list', 3], ['call', ['capture', 0], 'square', ['var', 'x']]] | [1, 4, 9]
            ['while', [['i', 0]], ['<', ['var', 'i'], 5], ['list', ['+', ['var', 'i'], 1]], ['var', 'i']] | 5
            ['while', [['a', 0], ['b', 1]], ['<', ['var', 'b'], 50], ['list', ['var', 'b'], ['+', ['var', 'a'], ['var', 'b']]], ['var', 'b']] | 55
            ['while', [['i', 3]], false, ['fail', 'no'], ['var', 'i']] | 3
            ['size', ['list', 1, 2]]                                | 2
            ['size', 'abc']                                         | 3
            ['size', {'a': 1}]                                      | 1
            ['concat']                                              | []
            ['concat', ['list', 1], ['list', 2, 3], ['list']]       | [1, 2, 3]
            ['+', 'a', 'b']                                         | 'ab'
            ['+', 0.5, 0.5]                                         | 1
            ['-', 1, 3]                                             | -2
            ['*', 1.5, 4]                                           | 6
            ['/', 7, 2]                                             | 3.5
            ['/', 8, 2]                                             | 4
            ['%', 7, 3]                                             | 1
            ['%', -7, 3]                                            | -1
            ['%', 5.5, 2]                                           | 1.5
            ['neg', 3]                                              | -3
            ['*', 3037000500, 3037000500]                           | 9223372037000250000.0
            ['==', 1, 1.0]                                          | true
            ['==', 1, '1']                                          | false
            ['==', null, ['list']]                                  | false
            ['!=', null, null]                                      | false
            ['==', true, 1]                                         | false
            ['==', 9007199254740993, 9007199254740992]              | true
            ['<', 'a', 'b']                                         | true
            ['<', 'Z', 'a']                                         | true
            ['<', '10', '9']                                        | true
            ['<=', 2, 2]                                            | true
            ['>', 2, 2]                                             | false
            ['>=', 2, 2.5]                                          | false
            """)
    void an_operation_gives(String program, String expected) {
        assertEquals(JsonText.value(expected), scene.run(JsonText.value(program)), ROWS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ['+', 1, '1']                                 | '+' needs two numbers, two bigints or two texts, not a number and a text
            ['-', 'a', 'b']                               | '-' needs two numbers or two bigints, not a text and a text
            ['*', null, 1]                                | '*' needs two numbers or two bigints, not null and a number
            ['+', ['list'], {}]                           | '+' needs two numbers, two bigints or two texts, not a list and a record
            ['<', 1, '2']                                 | '<' needs two numbers, two bigints, two texts or two dates, not a number and a text
            ['>', true, false]                            | '>' needs two numbers, two bigints, two texts or two dates, not a boolean and a boolean
            ['==', ['list'], 1]                           | neither lists and records nor objects are compared, nor is a list: compare what is in them
            ['==', 1, ['capture', 0]]                     | neither lists and records nor objects are compared, nor is an object: compare what is in them
            ['neg', 'a']                                  | 'neg' needs a number or a bigint, not a text
            ['size', 1]                                   | 'size' needs a list, a record or a text, not a number
            ['fail', 1]                                   | 'fail' needs a text, not a number
            ['concat', 1]                                 | a list is needed here, not a number
            ['get', null, 'a']                            | null has nothing in it, nor 'a'
            ['get', {}, 'a', 'b']                         | undefined has nothing in it, nor 'b'
            ['get', ['list', 1], -1]                      | a step into a value is a text, or a whole number from 0 on, not -1
            ['get', ['list', 1], 0.5]                     | a step into a value is a text, or a whole number from 0 on, not 0.5
            ['get', ['list', 1], true]                    | a step into a value is a text, or a whole number from 0 on, not a boolean
            ['call', {'a': 1}, 'a']                       | a number is not a function
            ['call', ['call', ['capture', 0], 'square', 2], ['a', 'b']] | undefined has nothing in it, nor 'b'
            """)
    void an_operand_of_another_kind_fails_the_program_with_its_place(String program, String message) {
        assertEquals(
                "program: " + message, scene.failure(JsonText.value(program)).reason());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ['if', 1, 2, 3]                               | program[1]: true or false is needed here, not a number: compare it with something
            ['if', null, 2, 3]                            | program[1]: true or false is needed here, not null: compare it with something
            ['and', true, '', true]                       | program[2]: true or false is needed here, not a text: compare it with something
            ['and', true, 1]                              | program[2]: true or false is needed here, not a number: compare it with something
            ['or', 0, true]                               | program[1]: true or false is needed here, not a number: compare it with something
            ['while', [], 1, ['list'], 2]                 | program[2]: true or false is needed here, not a number: compare it with something
            ['for', 'x', ['list', 1], 1, 'yes']           | program[4]: true or false is needed here, not a text: compare it with something
            {'a': ['list', ['+', 1, {}]]}                 | program.a[1]: '+' needs two numbers, two bigints or two texts, not a number and a record
            ['let', [['a', ['+', 1, null]]], 1]           | program[1][0][1]: '+' needs two numbers, two bigints or two texts, not a number and null
            ['do', ['call', ['capture', 0], 'broken']]    | broken on purpose
            ['list', 1, ['fail', 'enough']]               | enough
            ['while', [['i', 0]], true, 1, 2]             | program[3]: a list is needed here, not a number
            ['while', [['i', 0]], true, ['list'], 2]      | program[3]: a round of this loop gives a list of 1 values, one for each of its names, not of 0
            ['for', 'x', {}, 1]                           | program[2]: a list is needed here, not a record
            ['call', ['capture', 0], 'missing']           | 'missing' is not a function.
            """)
    void the_first_thing_that_fails_fails_the_program(String program, String message) {
        assertEquals(message, scene.failure(JsonText.value(program)).reason());
    }

    @Test
    void numbers_are_those_of_javascript() {
        assertEquals(Double.NaN, scene.run(JsonText.value("['/', 0, 0]")));
        assertEquals(Double.POSITIVE_INFINITY, scene.run(JsonText.value("['/', 1, 0]")));
        assertEquals(Double.NEGATIVE_INFINITY, scene.run(JsonText.value("['/', 1, ['neg', 0]]")));
        assertEquals(true, scene.run(JsonText.value("['==', 0, ['neg', 0]]")));
        assertEquals(0.1 + 0.2, scene.run(JsonText.value("['+', 0.1, 0.2]")));
        assertEquals(false, scene.run(op("==", Double.NaN, Double.NaN)));
        assertEquals(false, scene.run(op("<=", Double.NaN, 1L)));
        // 2^53 + 1 does not exist.
        assertEquals(1L << 53, scene.run(op("+", 1L << 53, 1L)));
        assertEquals(1e308 * 10, scene.run(op("*", 1e308, 10L)));
    }

    @Test
    void bigints_are_apart_from_numbers() {
        BigInteger seven = BigInteger.valueOf(7);
        BigInteger two = BigInteger.TWO;
        BigInteger large = BigInteger.TEN.pow(40);
        assertEquals(large.add(seven), scene.run(op("+", large, seven)));
        assertEquals(large.multiply(large), scene.run(op("*", large, large)));
        assertEquals(BigInteger.valueOf(-3), scene.run(op("/", seven.negate(), two)));
        assertEquals(BigInteger.valueOf(-1), scene.run(op("%", seven.negate(), two)));
        assertEquals(BigInteger.valueOf(-7), scene.run(op("neg", seven)));
        assertEquals(BigInteger.valueOf(-5), scene.run(op("-", two, seven)));
        assertEquals(true, scene.run(op("<", two, seven)));
        assertEquals(true, scene.run(op("==", two, BigInteger.valueOf(2))));
        assertEquals(false, scene.run(op("==", two, 2L)));
        assertEquals(
                "program: a bigint is divided by 0n",
                scene.failure(op("/", two, BigInteger.ZERO)).reason());
        assertEquals(
                "program: '+' needs two numbers, two bigints or two texts, not a bigint and a number",
                scene.failure(op("+", two, 1L)).reason());
        assertEquals(
                "program: '<' needs two numbers, two bigints, two texts or two dates, not a bigint and a number",
                scene.failure(op("<", two, 1L)).reason());
    }

    @Test
    void undefined_dates_and_bytes_are_values() {
        Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
        assertEquals(JsValue.UNDEFINED, scene.run(op("get", op("list"), 0L)));
        assertEquals(JsValue.UNDEFINED, scene.run(op("get", JsonText.value("{}"), "x")));
        assertEquals(true, scene.run(op("==", op("get", op("list"), 0L), JsValue.UNDEFINED)));
        assertEquals(false, scene.run(op("==", null, JsValue.UNDEFINED)));
        assertEquals(true, scene.run(op("<", now, now.plusMillis(1))));
        assertEquals(true, scene.run(op("==", now, now)));
        assertEquals(3, ((byte[]) scene.run(op("call", op("capture", 0L), "echo", new byte[3]))).length);
        assertNull(scene.run(op("call", op("capture", 0L), "echo", (Object) null)));
    }

    @Test
    void a_program_needs_no_captures() {
        assertEquals(3L, scene.await(scene.api.call(Programs.RUN, op("+", 1L, 2L))));
        assertEquals(3L, scene.await(scene.api.call(Programs.RUN, op("+", 1L, 2L), List.of())));
    }
}
