package dev.capstan.gateway.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.gateway.Main;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.testkit.ForeignPeer;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code capstan convert} and {@code capstan eval}, as a user types them. */
class ConvertCommandTest {
    private static final String SCHEMA = """
            @0xd1a5e7c2b8f04963;
            using Json = import "/capnp/compat/json.capnp";
            struct Person {
              name @0 :Text;
              age @1 :UInt8 = 30;
              phones @2 :List(Phone);
              home :group { street @3 :Text; number @4 :Int32; }
              friends @5 :List(List(Text)) = [["a", "b"], ["c"]];
              struct Phone { number @0 :Text; kind @1 :Kind; }
              enum Kind { mobile @0; fixed @1; }
            }
            struct Renamed {
              id @0 :UInt64 $Json.name("the id");
              bytes @1 :Data $Json.base64;
              inner :group $Json.flatten() { flag @2 :Bool; }
            }
            struct Opaque { cap @0 :Face; }
            struct Grown { id @0 :Int64; b @1 :Int64; c @2 :Int64; d @3 :Int64; e @4 :Int64; }
            struct Tree { children @0 :List(Tree); }
            const alice :Person = (name = "Alice", phones = [(number = "555"), (number = "556", kind = fixed)],
                home = (street = "A road that is long enough for a line", number = 5));
            const child :Person = (name = "C", age = 5);
            const tree :Tree = (children = [(), (children = [()])]);
            const answer :Int32 = 42;
            const float :Float32 = 0.1;
            const words :List(Text) = ["one", "two"];
            struct Scope { const inner :Data = 0x"00 ff"; }
            interface Face {}
            """;
    private static final String[] TEXT_TO_BINARY = {"convert", "text:binary", "person.capnp", "Person"};
    private static final String TEXT =
            "(name = \"Bob\", age = 41, phones = [(number = \"1\", kind = mobile)], home = (street = \"S\", number = 0))\n";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void writeSchema() throws IOException {
        Files.writeString(folder.resolve("person.capnp"), SCHEMA);
    }

    private int run(byte[] input, String... args) {
        out.reset();
        err.reset();
        return Main.run(
                folder,
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private byte[] succeed(byte[] input, String... args) {
        assertEquals(0, run(input, args), this::errors);
        assertEquals("", errors());
        return out.toByteArray();
    }

    private byte[] convert(String formats, byte[] input, String... options) {
        List<String> args = new ArrayList<>(List.of("convert"));
        args.addAll(List.of(options));
        args.addAll(List.of(formats, "person.capnp", "Person"));
        return succeed(input, args.toArray(String[]::new));
    }

    private String eval(String... args) {
        List<String> all = new ArrayList<>(List.of("eval", "person.capnp"));
        all.addAll(List.of(args));
        return new String(succeed(new byte[0], all.toArray(String[]::new)), StandardCharsets.UTF_8);
    }

    private void assertFails(String message, byte[] input, String... args) {
        assertEquals(ExitException.USAGE, run(input, args), this::errors);
        assertTrue(errors().contains(message), errors());
        assertFalse(errors().contains("\tat "), errors());
    }

    /** Behind a problem with what the arguments stand for, and not with the arguments, a list of options would only hide it. */
    private void assertFailsWithoutUsage(String message, byte[] input, String... args) {
        assertFails(message, input, args);
        assertEquals(1, errors().lines().count(), errors());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertText(String expected, byte[] actual) {
        assertEquals(expected, new String(actual, StandardCharsets.UTF_8));
    }

    @Nested
    class Converting {
        @ParameterizedTest
        @ValueSource(strings = {"binary", "packed", "flat", "flat-packed", "canonical", "text", "json"})
        void to_a_format_and_back_loses_nothing(String format) {
            byte[] there = convert("text:" + format, bytes(TEXT));
            assertText(TEXT, convert(format + ":text", there, "--short"));
        }

        @Test
        void takes_any_number_of_messages() {
            byte[] two = convert("text:binary", bytes(TEXT + "# a comment\n()"));
            byte[] packed = succeed(two, "convert", "binary:packed");
            assertTrue(packed.length < two.length);
            String text = new String(convert("packed:text", packed, "--short"), StandardCharsets.UTF_8);
            assertEquals(TEXT + "(age = 30, home = (number = 0))\n", text);
            assertEquals(0, convert("binary:text", new byte[0]).length);
        }

        @Test
        void needs_no_schema_between_binary_formats() {
            byte[] binary = convert("text:binary", bytes(TEXT));
            assertArrayEquals(convert("text:canonical", bytes(TEXT)), succeed(binary, "convert", "binary:canonical"));
            assertArrayEquals(Arrays.copyOfRange(binary, 8, binary.length), succeed(binary, "convert", "binary:flat"));
        }

        @Test
        void writes_segments_of_a_size_when_asked() {
            byte[] many = convert("text:binary", bytes(TEXT), "--segment-size=4");
            assertTrue(many[0] > 1, "number of segments less one: " + many[0]);
            assertText(TEXT, convert("binary:text", many, "--short"));
        }

        @Test
        void a_segment_size_of_zero_means_a_single_segment_and_less_is_refused() {
            assertArrayEquals(
                    convert("text:binary", bytes(TEXT)), convert("text:binary", bytes(TEXT), "--segment-size=0"));
            assertFails(
                    "--segment-size: -1 is not a size.", bytes(TEXT), "convert", "--segment-size=-1", "binary:packed");
        }

        @Test
        void breaks_long_text_into_lines() {
            assertText("""
                    ( name = "Bob",
                      age = 41,
                      phones = [
                        (number = "1", kind = mobile) ],
                      home = (street = "S", number = 0) )
                    """, convert("text:text", bytes(TEXT)));
        }

        @Test
        void json_follows_the_annotations_in_both_directions_and_comes_in_lines_or_in_one() {
            String[] there = {"convert", "--short", "text:json", "person.capnp", "Renamed"};
            byte[] json = succeed(bytes("(id = 5, bytes = 0x\"00 ff\", inner = (flag = true)) ()"), there);
            assertText("""
                    {"the id":"5","bytes":"AP8=","flag":true}
                    {"the id":"0","flag":false}
                    """, json);
            String[] back = {"convert", "--short", "json:text", "person.capnp", "Renamed"};
            assertText(
                    "(id = 5, bytes = \"\\000\\377\", inner = (flag = true))\n(id = 0, inner = (flag = false))\n",
                    succeed(json, back));
            String[] pretty = {"convert", "json:json", "person.capnp", "Tree"};
            String tree = "{\"children\":[{\"children\":[{}]},{}]}";
            String lines = new String(succeed(bytes(tree), pretty), StandardCharsets.UTF_8);
            assertEquals("{\"children\": [{\"children\": [{}]}, {}]}\n", lines);
            assertText(tree + "\n", succeed(bytes(lines), "convert", "--short", "json:json", "person.capnp", "Tree"));
            assertText(lines, succeed(bytes(lines), pretty));
        }

        @Test
        void json_texts_follow_one_another_with_or_without_space() {
            String texts = "{\"name\":\"}{[\\\"\"}{}\r\n\t {\"phones\":[{},{\"number\":\"]\"}]}\n\n";
            assertText("""
                    (name = "}{[\\"", age = 30, home = (number = 0))
                    (age = 30, home = (number = 0))
                    (age = 30, phones = [(kind = mobile), (number = "]", kind = mobile)], home = (number = 0))
                    """, convert("json:text", bytes(texts), "--short"));
            assertEquals(0, convert("json:binary", bytes(" \n")).length);
        }

        @Test
        void tells_where_json_is_wrong() {
            String[] json = {"convert", "json:text", "person.capnp", "Person"};
            assertFails("after 0 messages of json: line 1, column", bytes("{\"age\": tru}"), json);
            assertFails("after 1 messages of json: line 3, column 8:", bytes("{\n}\n{\"age\":\"ten\"}"), json);
            assertFails("after 1 messages of json: line 1, column 16:", bytes("{\"ä\":1} {\"age\":\"x\"}"), json);
            assertFails("after 0 messages of json: line 1, column", bytes("{\"age\": 1"), json);
            assertFails("after 0 messages of json: ", bytes("]"), json);
            assertFails("after 0 messages of json: ", bytes("{\"children\":[".repeat(100_000)), json);
            assertFails("json needs a schema.", new byte[0], "convert", "binary:json");
            assertFails("the input looks like json, not like binary", bytes("{}"), "convert", "binary:packed");
            byte[] cap = {0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0};
            assertFails("after 1 messages of binary: ", cap, "convert", "binary:json", "person.capnp", "Opaque");
        }

        @Test
        void finds_nested_types() {
            assertText(
                    "(number = \"5\", kind = fixed)\n",
                    succeed(
                            bytes("(number = \"5\", kind = (1))"),
                            "convert",
                            "text:text",
                            "person.capnp",
                            "Person.Phone"));
        }

        @Test
        void gives_up_on_small_messages_that_stand_for_large_ones() {
            // Forty structs whose two pointers both lead to the next: 2 to the power of 40 structs, read as a tree.
            int structs = 40;
            ByteBuffer frame = ByteBuffer.allocate(8 + 8 + 16 * structs).order(ByteOrder.LITTLE_ENDIAN);
            frame.putInt(0).putInt(1 + 2 * structs).putLong(2L << 48);
            for (int i = 1; i < structs; i++) {
                frame.putLong(1 << 2 | 2L << 48).putLong(2L << 48);
            }
            byte[] message = frame.array();
            assertFails("traversalWords", message, "convert", "binary:packed");
            assertFails("traversalWords", Arrays.copyOfRange(message, 8, message.length), "convert", "flat:packed");
        }

        @Test
        void tells_when_memory_ends() {
            ByteArrayOutputStream told = new ByteArrayOutputStream();
            InputStream endless = new InputStream() {
                @Override
                public int read() {
                    throw new OutOfMemoryError("Java heap space");
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    return read();
                }
            };
            int code = Main.run(
                    Path.of(""),
                    endless,
                    new PrintStream(new ByteArrayOutputStream()),
                    new PrintStream(told, true, StandardCharsets.UTF_8),
                    "convert",
                    "binary:packed");
            assertEquals(ExitException.USAGE, code);
            assertEquals(
                    "capstan: this needs more memory than there is (Java heap space). Give the process more, with java"
                            + " -Xmx, or less to do.",
                    told.toString(StandardCharsets.UTF_8).strip());
        }

        @Test
        void tells_what_is_wrong_with_the_input() {
            String[] text = {"convert", "text:binary", "person.capnp", "Person"};
            assertFails(
                    "after 1 messages of text: 2:2: Person has no field 'nam'. It has name, age,",
                    bytes("()\n(nam = 1)"),
                    text);
            assertTrue(out.size() > 0);
            String[] binary = {"convert", "--quiet", "binary:packed"};
            assertFails("after 0 messages of binary: The stream ends prematurely", new byte[7], binary);
            assertFails(
                    "after 0 messages of canonical: The message is not in canonical form",
                    new byte[16],
                    "convert",
                    "canonical:flat");
            assertFails(
                    "There is more than one message", bytes("()()"), "convert", "text:flat", "person.capnp", "Person");
        }

        @Test
        void warns_when_the_input_looks_like_another_format() {
            assertFails("the input looks like text, not like binary", bytes(TEXT), "convert", "binary:packed");
            assertFails(
                    "The input looks like text: try text:packed.", bytes(TEXT), "convert", "--quiet", "binary:packed");
            assertFalse(errors().contains("not like binary"), errors());
            byte[] packed = convert("text:packed", bytes(TEXT));
            assertFails("the input looks like packed, not like binary", packed, "convert", "binary:flat");
            assertFails("The input looks like packed: try packed:flat.", packed, "convert", "--quiet", "binary:flat");
            assertFails("the input looks like json, not like text", bytes("{}"), TEXT_TO_BINARY);
            byte[] odd = {1, 1, 1, 1, 1, 1, 1, 1, 1};
            assertFails("does not look like binary, nor like another format", odd, "convert", "binary:flat");
        }

        @Test
        void an_empty_struct_in_canonical_form_looks_like_one() {
            byte[] empty = convert("text:canonical", bytes("()"));
            assertEquals(8, empty.length);
            convert("canonical:text", empty);
            assertEquals("", errors());
        }

        @Test
        void tells_messages_of_another_type() {
            byte[] renamed = succeed(bytes("(id = 5)"), "convert", "text:binary", "person.capnp", "Grown");
            run(renamed, "convert", "binary:text", "person.capnp", "Person");
            assertTrue(errors().contains("its root is not of the type that you named"), errors());
        }

        @Test
        void does_not_wait_for_more_than_the_first_message() throws IOException {
            byte[] message = convert("text:binary", bytes("()"));
            byte[] two = Arrays.copyOf(message, 2 * message.length);
            System.arraycopy(message, 0, two, message.length, message.length);
            List<Integer> writtenBefore = new ArrayList<>();
            InputStream slow = new InputStream() {
                private int at;

                @Override
                public int read() {
                    throw new UnsupportedOperationException("read in blocks");
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                    writtenBefore.add(at);
                    int count = Math.min(Math.min(length, message.length), two.length - at);
                    System.arraycopy(two, at, into, offset, count);
                    at += count;
                    return count == 0 ? -1 : count;
                }
            };
            FormatGuess guess = FormatGuess.of(new BufferedInputStream(slow), MessageFormat.BINARY, null);
            assertNull(guess.warning());
            assertEquals(List.of(0), writtenBefore);
        }

        @Test
        void tells_wrong_usage() {
            byte[] none = {};
            assertFails("Write FROM:TO, like binary:text.", none, "convert", "binary");
            assertFails("unknown format: 'bin'. Formats are: binary, packed, flat,", none, "convert", "bin:text");
            assertFails("text needs a schema.", none, "convert", "binary:text");
            assertFails("text needs a schema.", none, "convert", "binary:text", "person.capnp");
            assertTrue(errors().contains("Usage: "), errors());
            assertFailsWithoutUsage(
                    "'Persson' is not declared in person.capnp. Declared are: Person,",
                    none,
                    "convert",
                    "binary:text",
                    "person.capnp",
                    "Persson");
            assertFailsWithoutUsage("'answer' is no struct", none, "convert", "binary:text", "person.capnp", "answer");
            assertFailsWithoutUsage(
                    "capstan: there is no file none.capnp.", none, "convert", "binary:text", "none.capnp", "Person");
            assertFails("-I: none is not a folder", none, "convert", "-Inone", "binary:text", "person.capnp", "Person");
        }
    }

    @Nested
    class Evaluating {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "answer | 42",
                    // The width is not part of a value, so that C++ prints it as a Float64, too.
                    "float | 0.10000000149011612",
                    "words | [\"one\", \"two\"]",
                    "words[1] | \"two\"",
                    "Scope.inner | \"\\000\\377\"",
                    "Person.age | 30",
                    "Person.friends[0][1] | \"b\"",
                    "Person.home | (number = 0)",
                    "alice.phones[1] | (number = \"556\", kind = fixed)",
                    "alice.phones[1].kind | fixed",
                    "alice.home.number | 5",
                })
        void prints_constants_defaults_and_what_lies_in_them(String name, String value) {
            assertEquals(value + "\n", eval(name));
        }

        @Test
        void prints_a_struct_in_lines_or_in_one() {
            assertEquals("""
                    ( name = "Alice",
                      age = 30,
                      phones = [
                        (number = "555", kind = mobile),
                        (number = "556", kind = fixed) ],
                      home = (
                        street = "A road that is long enough for a line",
                        number = 5 ) )
                    """, eval("alice"));
            assertFalse(eval("--short", "alice").stripTrailing().contains("\n"));
        }

        @Test
        void writes_messages_in_other_formats() {
            byte[] binary = succeed(new byte[0], "eval", "-o", "binary", "person.capnp", "alice");
            assertText(eval("alice"), convert("binary:text", binary));
            assertArrayEquals(binary, succeed(new byte[0], "eval", "-b", "person.capnp", "alice"));
            byte[] packed = succeed(new byte[0], "eval", "-p", "person.capnp", "alice");
            assertArrayEquals(binary, convert("packed:binary", packed));
            byte[] json = succeed(new byte[0], "eval", "-o", "json", "person.capnp", "alice");
            assertText(eval("alice"), convert("json:text", json));
            byte[] flat = succeed(new byte[0], "eval", "--flat", "-p", "person.capnp", "alice");
            assertText(eval("alice"), convert("flat-packed:text", flat));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "nope | 'nope' is not declared in person.capnp. Declared are: Person, Renamed,",
                    "Person | 'Person' cannot be evaluated.",
                    "Face | 'Face' cannot be evaluated.",
                    "Person.nope | 'Person' has no member 'nope'. It has [name, age,",
                    "Person.Kind.fixed | 'fixed' is an enumerant of Kind, not a constant. Only constants and fields can",
                    "Person.Kind.nope | 'Kind' has no enumerant 'nope'.",
                    "answer.x | 'answer' is not a struct, so it has no member 'x'.",
                    "answer[0] | 'answer' is not a list.",
                    "Person[0] | 'Person' is not a list.",
                    "words[2] | 'words[2]' is out of bounds: the list has 2 elements.",
                    "words[99999999999999999999] | is out of bounds",
                    "words[0][0] | 'words[0]' is not a list.",
                    "a..b | 'a..b' is not a name.",
                    "words[x] | 'words[x]' is not a name.",
                })
        void tells_names_that_stand_for_nothing(String name, String problem) {
            assertFailsWithoutUsage(problem, new byte[0], "eval", "person.capnp", name);
        }

        @Test
        void tells_a_schema_that_is_not_there() {
            assertFailsWithoutUsage(
                    "capstan: there is no file none.capnp. Paths are relative to the working folder, " + folder,
                    new byte[0],
                    "eval",
                    "none.capnp",
                    "answer");
        }

        @Test
        void tells_values_that_are_no_messages() {
            assertFailsWithoutUsage(
                    "'answer' is not a struct", new byte[0], "eval", "-obinary", "person.capnp", "answer");
            assertFails("unknown format: 'bin'", new byte[0], "eval", "-obin", "person.capnp", "answer");
            assertTrue(errors().contains("Usage: "), errors());
        }
    }

    @ForeignPeer
    @Test
    void both_do_what_the_capnp_command_does() throws IOException, InterruptedException {
        assumeTheirs();
        for (String name :
                List.of("alice", "words", "words[0]", "float", "Person.friends", "alice.home", "alice.phones")) {
            assertText(
                    new String(theirs(new byte[0], "eval", "person.capnp", name), StandardCharsets.UTF_8),
                    bytes(eval(name)));
        }
        byte[] text = bytes(eval("alice"));
        for (String size : List.of("--segment-size=0", "--segment-size=8")) {
            assertArrayEquals(
                    theirs(text, "convert", size, "text:binary", "person.capnp", "Person"),
                    convert("text:binary", text, size),
                    size);
        }
        List<String> formats = List.of("binary", "packed", "flat", "flat-packed", "canonical", "text", "json");
        for (String from : formats) {
            byte[] input = theirs(text, "convert", "text:" + from, "person.capnp", "Person");
            for (String to : formats) {
                byte[] expected = theirs(input, "convert", from + ":" + to, "person.capnp", "Person");
                byte[] actual = convert(from + ":" + to, input);
                // Objects of equal content may lie in another order where a message is copied from one that was built.
                if (isText(from) && !isText(to)) {
                    expected = theirs(expected, "convert", to + ":canonical");
                    actual = theirs(actual, "convert", to + ":canonical");
                }
                assertArrayEquals(expected, actual, from + ":" + to);
            }
        }
    }

    /** What it says of input in another format than the one that is named: the format that it takes it for, or nothing. */
    private static final Pattern THEIR_GUESS = Pattern.compile(
            "looks like it (?:is|may be) in \"([a-z-]+)\"|looks like this input may be in regular (\\w+)");

    private static final Pattern OUR_GUESS = Pattern.compile("the input looks like ([a-z-]+), not like");

    @ForeignPeer
    @ParameterizedTest
    @ValueSource(strings = {"alice", "child", "tree"})
    void formats_are_guessed_as_the_capnp_command_guesses(String value) throws IOException, InterruptedException {
        assumeTheirs();
        String type = value.equals("tree") ? "Tree" : "Person";
        List<String> formats = List.of("binary", "packed", "flat", "flat-packed", "canonical", "text", "json");
        for (String is : formats) {
            byte[] input = succeed(new byte[0], "eval", "-o", is, "person.capnp", value);
            for (String named : formats) {
                run(input, "convert", named + ":json", "person.capnp", type);
                String ours = guess(OUR_GUESS, errors());
                String theirs = guess(THEIR_GUESS, theirErrors(input, named + ":json", type));
                boolean isUnclear = is.equals("binary") && named.equals("canonical"); // they tell the type alone
                assertEquals(isUnclear ? "binary" : theirs, ours, is + " as " + named + ": " + errors());
            }
        }
    }

    private static String guess(Pattern pattern, String errors) {
        Matcher guess = pattern.matcher(errors.replace("\n", " "));
        return !guess.find() ? "" : guess.group(1) != null ? guess.group(1) : guess.group(2);
    }

    private String theirErrors(byte[] input, String formats, String type) throws IOException, InterruptedException {
        Path in = Files.write(folder.resolve("in"), input);
        Path result = folder.resolve("errors");
        new ProcessBuilder("capnp", "convert", formats, "person.capnp", type)
                .directory(folder.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(result.toFile())
                .start()
                .waitFor();
        return Files.readString(result, StandardCharsets.ISO_8859_1);
    }

    private static void assumeTheirs() {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "capnp"))),
                "no capnp on the PATH; on Debian: apt-get install capnproto");
    }

    private static boolean isText(String format) {
        return format.equals("text") || format.equals("json");
    }

    private byte[] theirs(byte[] input, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("capnp"));
        command.addAll(List.of(args));
        Path in = Files.write(folder.resolve("in"), input);
        Path result = folder.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(result.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PWD", folder.toString());
        assertEquals(0, builder.start().waitFor(), () -> String.join(" ", command));
        return Files.readAllBytes(result);
    }
}
