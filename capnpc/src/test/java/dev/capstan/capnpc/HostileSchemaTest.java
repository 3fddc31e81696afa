package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Small schemas that mean much work: they become Java in time or are refused. */
class HostileSchemaTest {
    private static final Duration TIME = Duration.ofSeconds(60);

    private static List<GeneratedFile> generate(String text) {
        byte[] bytes = ("@0xabcdefabcdefabcd;\n" + text).getBytes(StandardCharsets.UTF_8);
        Compilation compilation =
                new Compiler().compile(SourceFiles.of(Map.of("test.capnp", bytes)), List.of("test.capnp"));
        assertTrue(compilation.succeeded(), () -> compilation.problems().toString());
        return assertTimeoutPreemptively(TIME, () -> JavaGenerator.generate(compilation.request()));
    }

    private static String content(List<GeneratedFile> files, String type) {
        return files.stream()
                .filter(file -> file.path().endsWith("/" + type + ".java"))
                .findFirst()
                .orElseThrow()
                .content();
    }

    private static String refusal(String text) {
        return String.valueOf(
                assertThrows(SchemaException.class, () -> generate(text)).getMessage());
    }

    private static String repeat(int times, IntFunction<String> text) {
        return IntStream.range(0, times).mapToObj(text).collect(Collectors.joining("\n"));
    }

    @Test
    void sixty_diamonds_of_interfaces() {
        List<GeneratedFile> files = generate("interface I0 { f @0 () -> stream; }\n"
                + repeat(
                        60,
                        i ->
                                "interface L%2$d extends(I%1$d) {} interface R%2$d extends(I%1$d) {} interface I%2$d extends(L%2$d, R%2$d) {}"
                                        .formatted(i, i + 1)));
        assertEquals(182, files.size());
        String last = content(files, "I60");
        assertEquals(1, last.split("super\\.isStreaming").length - 1, "one parent answers for all that both inherit");
    }

    @Test
    void interfaces_that_extend_all_before_them() {
        List<GeneratedFile> files = generate(repeat(
                30,
                i -> "interface A" + i
                        + (i == 0
                                ? ""
                                : IntStream.range(0, i)
                                        .mapToObj(k -> "A" + k)
                                        .collect(Collectors.joining(", ", " extends(", ")")))
                        + " {}"));
        assertEquals(31, files.size());
    }

    @Test
    void type_arguments_that_double_with_each_parent() {
        List<GeneratedFile> files =
                generate("struct Pair(X, Y) { x @0 :X; y @1 :Y; }\ninterface I0(T) { get @0 () -> (t :T); }\n"
                        + repeat(60, i -> "interface I%d(T) extends(I%d(Pair(T, T))) {}".formatted(i + 1, i))
                        + "\ninterface Last extends(I60(Text)) {}");
        assertEquals(64, files.size());
    }

    @Test
    void names_that_grow_with_each_level_of_nesting() {
        String structs = repeat(254, i -> "struct S" + i + " {") + "}".repeat(254);
        assertTrue(
                refusal(structs).startsWith("test.capnp:S0: the Java of these schemas takes more than "),
                refusal(structs));
        assertTrue(refusal(structs).contains("Nest types and groups less deep"));
        String chain =
                "interface I0 { f @0 (); }\n" + repeat(1000, i -> "interface I%d extends(I%d) {}".formatted(i + 1, i));
        assertTrue(refusal(chain).contains("the Java of these schemas takes more than "), refusal(chain));
    }

    @Test
    void a_long_chain_of_interfaces_is_refused_before_it_is_written() {
        String chain = "interface I0 {}\n" + repeat(20_000, i -> "interface I%d extends(I%d) {}".formatted(i + 1, i));
        byte[] bytes = ("@0xabcdefabcdefabcd;\n" + chain).getBytes(StandardCharsets.UTF_8);
        Compilation compilation =
                new Compiler().compile(SourceFiles.of(Map.of("test.capnp", bytes)), List.of("test.capnp"));
        SchemaException e = assertThrows(SchemaException.class, () -> new SizeBudget(compilation.request()));
        String told = String.valueOf(e.getMessage());
        assertTrue(told.startsWith("test.capnp:I"), told);
        assertTrue(told.contains("fewer interfaces extend each other in a row"), told);
    }

    @Test
    void large_values_and_comments_stay_within_the_budget() {
        assertEquals(
                2,
                generate("const a :Data = 0x\"" + "ff".repeat(4 << 20) + "\";").size());
        assertEquals(
                2, generate("struct A {\n# " + "<&>\\ ".repeat(1 << 20) + "\n}").size());
    }

    @Test
    void names_that_differ_in_case_alone() {
        String text = refusal("struct Foo {} struct FOo {}");
        assertTrue(text.startsWith("test.capnp: test/Foo.java and test/FOo.java would be the same file"), text);
        assertTrue(text.contains("$Java.name"), text);
        assertEquals(2, generate("struct Outer { foo @0 :Text; struct Foo {} }").size());
    }

    @Test
    void names_of_nested_types_that_differ_in_case_alone() {
        String text = refusal("struct A { struct Foo {} struct FOO {} }");
        assertTrue(
                text.startsWith("test.capnp: the classes test.A.Foo and test.A.FOO would lie in the same file"), text);
        assertTrue(text.contains("$Java.name"), text);
        refusal("struct A { struct B { struct Foo {} enum FOO { x @0; } } }");
        refusal("struct A { f @0 :Int8; foo :group { a @1 :Int8; } struct FOO {} }");
        refusal("interface A { foo @0 (); struct FOOParams {} }");
        assertEquals(
                3,
                generate("struct A { struct Foo {} } struct B { struct FOO {} }")
                        .size());
    }

    @Test
    void names_that_the_generator_invents_evade_others_that_differ_in_case_alone() {
        List<GeneratedFile> files = generate("struct Testconstants {} struct TestNODES {} const a :Int32 = 1;");
        assertEquals(
                List.of(
                        "test/TestConstants_.java",
                        "test/TestNODES.java",
                        "test/TestNodes_.java",
                        "test/Testconstants.java"),
                files.stream().map(GeneratedFile::path).toList());
        for (String invented : List.of("Factory", "Pool", "Reader")) {
            String nested = invented.toUpperCase(Locale.ROOT);
            String java = content(
                    generate("struct A(T) { struct %s {} a @0 :List(A) = []; b @1 :List(%1$s); }".formatted(nested)),
                    "A");
            String evading = invented.equals("Reader") ? "READER_" : invented + "_";
            assertTrue(java.contains("class " + evading), java);
        }
    }

    @Test
    void interfaces_that_extend_each_other() {
        assertEquals(
                "test.capnp:I extends itself, by way of test.capnp:J. Interfaces cannot inherit in a circle: take one out of the list"
                        + " behind 'extends'.",
                refusal("interface I extends(J) {} interface J extends(I) {}"));
    }

    @Test
    void many_declarations_stay_within_the_budget() {
        assertEquals(
                3001,
                generate(repeat(
                                3000,
                                i -> "struct S%d(T) { union { a @0 :T; b @1 :List(S%d(T)); c :group { d @2 :T; } } }"
                                        .formatted(i, i)))
                        .size());
        assertEquals(1001, generate(repeat(1000, i -> "struct E" + i + " {}")).size());
    }
}
