package dev.capstan.capnpc.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large, deep and hostile schemas: work in proportion to their size, no stack overflow, and a problem with a place. */
class LargeInputTest {
    /** Ten times less for a quick run, which leaves out what takes seconds. */
    private static final int LARGE = Boolean.getBoolean("capstan.quick") ? 1 << 20 : 10 << 20;

    /** Half of what threads have by default. */
    private static final long STACK_BYTES = 512 << 10;

    private static Compilation onSmallStack(String text) throws InterruptedException {
        AtomicReference<Compilation> result = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null, () -> result.set(SchemaText.compile(text)), "small stack", STACK_BYTES);
        thread.setUncaughtExceptionHandler((same, e) -> failure.set(e));
        thread.start();
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        return result.get();
    }

    private static String repeat(int times, String text) {
        return text.repeat(times);
    }

    private static String large() {
        StringBuilder text = new StringBuilder(LARGE + 1000);
        for (int i = 0; text.length() < LARGE; i++) {
            text.append("""
                    struct S%d {  # Number %1$d.
                      id @0 :UInt64;
                      name @1 :Text = "number %1$d";  # A name.
                      next @2 :S%2$d;
                      union { none @3 :Void; some @4 :List(S%1$d) = [(id = %1$d)]; more :group { a @5 :Bool; b @6 :Float64 = 1.5; } }
                      enum Kind { small @0; large @1; }
                      kind @7 :Kind = large;
                    }
                    """.formatted(i, Math.max(0, i - 1)));
        }
        return text.toString();
    }

    @Test
    void ten_megabytes_compile() throws InterruptedException {
        String text = large();
        long start = System.nanoTime();
        Compilation compilation = onSmallStack(text);
        SchemaText.assertCompiles(compilation);
        System.out.println(
                "a schema of " + (LARGE >> 20) + " MiB compiles in " + (System.nanoTime() - start) / 1_000_000
                        + " ms to " + compilation.message().frameBytes() + " bytes");
    }

    @Test
    void a_mistake_at_the_end_of_ten_megabytes_is_found() {
        String text = large();
        Compilation compilation = SchemaText.compile(text + "struct Last { a @0 :Nothing; }");
        int line = (int) text.chars().filter(c -> c == '\n').count() + 2;
        assertEquals(line + ":21 'Nothing' is not declared.", SchemaText.places(compilation));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "{",
                ")",
                "}",
                ";",
                "\"",
                "`",
                "#",
                "@",
                "$",
                "a",
                "0x",
                "a.",
                ".",
                "-",
                "\n",
                "a @0 :B; ",
                "a(",
                "using A = B; ",
                "\\",
                "9",
                "struct S {",
                "a @0 :Text, "
            })
    void ten_megabytes_of_nonsense_are_refused_or_accepted_without_an_exception(String nonsense)
            throws InterruptedException {
        String text = repeat(LARGE / nonsense.length(), nonsense);
        String part = text.substring(0, LARGE / 10);
        for (String input : new String[] {text, "struct S { a @0 :" + part, "const a :Text = " + part}) {
            Compilation compilation = onSmallStack(input);
            assertTrue(compilation.succeeded() == compilation.problems().isEmpty());
            assertTrue(compilation.problems().size() <= 101);
        }
    }

    @Test
    void generics_may_nest_200_deep() throws InterruptedException {
        String type = repeat(200, "Box(") + "Text" + repeat(200, ")");
        SchemaText.assertCompiles(onSmallStack("struct Box(T) { t @0 :T; }\nstruct S { a @0 :" + type + "; }"));
        SchemaText.assertCompiles(
                onSmallStack("struct S { a @0 :" + repeat(200, "List(") + "Text" + repeat(200, ")") + "; }"));
    }

    @ParameterizedTest
    @ValueSource(ints = {250, 1_000, 100_000})
    void deeper_ones_compile_or_are_refused_with_a_place(int depth) throws InterruptedException {
        for (String text : new String[] {
            "struct Box(T) { t @0 :T; }\nstruct S { a @0 :" + repeat(depth, "Box(") + "Text" + repeat(depth, ")")
                    + "; }",
            "struct S { a @0 :" + repeat(depth, "List(") + "Text" + repeat(depth, ")") + "; }",
            "const a :" + repeat(depth, "List(") + "Text" + repeat(depth, ")") + " = " + repeat(depth, "[")
                    + repeat(depth, "]") + ";",
            "struct T { t @0 :T; } const a :T = " + repeat(depth, "(t = ") + "()" + repeat(depth, ")") + ";",
            IntStream.range(0, depth).mapToObj(i -> "struct S" + i + " {").collect(Collectors.joining())
                    + repeat(depth, "}"),
            "struct S { "
                    + IntStream.range(0, depth)
                            .mapToObj(i -> "g" + i + " :group {")
                            .collect(Collectors.joining()) + " a @0 :Bool; " + repeat(depth, "}") + "}",
            "struct S { "
                    + IntStream.range(0, depth)
                            .mapToObj(i -> "u" + i + " :union {a" + i + " @" + i + " :Text;")
                            .collect(Collectors.joining())
                    + " z @" + depth + " :Bool; " + repeat(depth, "}") + "}",
            "struct S { a @0 :S" + repeat(depth, ".S") + "; }",
        }) {
            Compilation compilation = onSmallStack(text);
            assertTrue(compilation.succeeded() == compilation.problems().isEmpty());
            assertTrue(depth <= 250 || !compilation.succeeded());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 10_000})
    void chains_of_names_compile_or_are_refused_with_a_place(int length) throws InterruptedException {
        for (String link : new String[] {
            "const c%d :Int8 = .c%d;",
            "const c%d :List(Int8) = .c%d;",
            "using C%d = C%d;",
            "struct C%d { c @0 :C%d; }",
            "interface C%d extends(C%d) {}",
            "struct C%d(T) { c @0 :C%d(C0(Text)); }"
        }) {
            String last = link.startsWith("const")
                    ? "const c0 " + link.substring(10, link.indexOf('=')) + (link.contains("List") ? "= [1];" : "= 1;")
                    : link.startsWith("using")
                            ? "using C0 = Text;"
                            : link.startsWith("interface")
                                    ? "interface C0 {}"
                                    : link.contains("(T)") ? "struct C0(T) {}" : "struct C0 {}";
            String text = IntStream.range(0, length)
                    .mapToObj(i -> link.formatted(length - i, length - i - 1))
                    .collect(Collectors.joining("\n", "", "\n" + last));
            Compilation compilation = onSmallStack(text);
            if (length == 100 || link.startsWith("struct") || link.startsWith("interface")) {
                SchemaText.assertCompiles(compilation);
            } else {
                assertFalse(compilation.succeeded());
            }
        }
    }

    @Test
    void types_that_double_with_each_alias_are_refused() throws InterruptedException {
        String text = IntStream.range(1, 60)
                .mapToObj(i -> "using A%d = Pair(A%d, A%d);".formatted(i, i - 1, i - 1))
                .collect(Collectors.joining(
                        "\n",
                        "struct Pair(X, Y) { x @0 :X; y @1 :Y; }\nusing A0 = Pair(Text, Text);\n",
                        "\nstruct S { a @0 :A59; }"));
        Compilation compilation = onSmallStack(text);
        assertTrue(SchemaText.places(compilation).contains("The type is too large."), SchemaText.places(compilation));
    }

    @Test
    void values_that_double_with_each_constant_are_refused() throws InterruptedException {
        String text = IntStream.range(1, 60)
                .mapToObj(i -> "const c%d :T = (l = .c%d, r = .c%d);".formatted(i, i - 1, i - 1))
                .collect(Collectors.joining("\n", "struct T { l @0 :T; r @1 :T; }\nconst c0 :T = ();\n", ""));
        Compilation compilation = onSmallStack(text);
        assertTrue(SchemaText.places(compilation).contains("too large"), SchemaText.places(compilation));
    }

    @Test
    void a_struct_of_65536_fields_compiles_and_one_more_word_is_refused() throws InterruptedException {
        String bools = IntStream.range(0, 65_536)
                .mapToObj(i -> "f" + i + " @" + i + " :Bool;")
                .collect(Collectors.joining());
        SchemaText.assertCompiles(onSmallStack("struct S { " + bools + " }"));
        Compilation compilation = onSmallStack("struct S { " + bools.replace("Bool", "Text") + " }");
        assertEquals("2:1 The struct is too large.", SchemaText.places(compilation));
    }

    @Test
    void unions_in_unions_and_many_members_take_time_in_proportion() throws InterruptedException {
        String members = IntStream.range(0, 20_000)
                .mapToObj(i -> "g" + i + " :group { a @" + 2 * i + " :UInt8; b @" + (2 * i + 1) + " :Text; }")
                .collect(Collectors.joining());
        SchemaText.assertCompiles(onSmallStack("struct S { union { " + members + " } }"));
    }

    @Test
    void suggestions_are_made_only_for_problems_that_are_shown() throws InterruptedException {
        String fields = IntStream.range(0, 30_000)
                .mapToObj(i -> "field" + i + " @" + i + " :Int8;")
                .collect(Collectors.joining());
        String mistyped =
                IntStream.range(0, 30_000).mapToObj(i -> "fiedl" + i + " = 1").collect(Collectors.joining(", "));
        String text = "struct S { " + fields + " } const c :S = (" + mistyped + ");";
        Compilation compilation = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> onSmallStack(text));
        assertEquals(101, compilation.problems().size());
        assertTrue(compilation.problems().getFirst().hint().contains("field0"));
    }

    @Test
    void an_array_that_is_no_text_at_all_is_refused() {
        byte[] zeros = new byte[LARGE];
        Compilation compilation = SchemaText.compileBytes(Map.of("test.capnp", zeros));
        assertEquals(
                "This is not UTF-8 text.", compilation.problems().getFirst().message());
        assertThrows(IllegalStateException.class, compilation::request);
        byte[] text = "\ufeff@0xabcdefabcdefabcd;".getBytes(StandardCharsets.UTF_8);
        SchemaText.assertCompiles(SchemaText.compileBytes(Map.of("test.capnp", text)));
    }
}
