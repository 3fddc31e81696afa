package dev.capstan.capnpc.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnpc.source.Problem;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a schema is told with its place, and never by an exception. */
class ProblemsTest {
    private static void assertProblem(String place, String text) {
        assertEquals(place, SchemaText.places(SchemaText.compile(text)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "struct S { a @0 :Bool; b @0 :Bool; } | 2:14 The number @0 is used here, too.",
                "struct S { a @0 :Bool; b @0 :Bool; } | 2:26 The number @0 is used twice.",
                "struct S { a @0 :Bool; b @2 :Bool; } | 2:26 The number @1 is missing.",
                "struct S { a @1 :Bool; } | 2:14 The number @0 is missing.",
                "enum E { a @0; b @0; } | 2:18 The number @0 is used twice.",
                "interface I { a @0 (); b @2 (); } | 2:26 The number @1 is missing.",
                "struct S { a @65536 :Bool; } | 2:14 The number is too large.",
                "struct S { a @0 :Nothing; } | 2:18 'Nothing' is not declared.",
                "struct S { a @0 :S.T; } | 2:20 'S' has no member named 'T'.",
                "struct S { a @0 :Text.T; } | 2:23 'Text' has no members.",
                "struct S { a @0 :Int32 = \"x\"; } | 2:26 The type does not fit: Int32 is expected.",
                "struct S { a @0 :Text = 5; } | 2:25 The type does not fit: Text is expected.",
                "struct S { a @0 :Int8 = 128; } | 2:25 The number is out of range.",
                "struct S { a @0 :UInt8 = -1; } | 2:26 The number is out of range.",
                "struct S { a @0 :Int32 = 1.5; } | 2:26 The type does not fit: Int32 is expected.",
                "struct S { a @0 :Bool = tru; } | 2:25 'tru' is not a value of Bool.",
                "enum E { a @0; } const e :E = b; | 2:31 'b' is not a value of E.",
                "struct S { a @0 :Int8; } const s :S = (b = 1); | 2:40 'S' has no field named 'b'.",
                "struct S { a @0 :Int8; } const s :S = (1, 2); | 2:40 The name of the field is missing.",
                "const a :List(Int8) = 5; | 2:23 The type does not fit: List(Int8) is expected.",
                "const a :Int8 = b; const b :Int8 = 1; | 2:17 Names of constants must be qualified.",
                "const a :Int8 = .b; const b :Text = \"\"; | 2:17 The type does not fit: Int8 is expected.",
                "struct S {} const a :Int8 = .S; | 2:29 '.S' is not a constant.",
                "const a :Int8 = 300; | 2:17 The number is out of range.",
                "const a :UInt64 = 18446744073709551616; | 2:19 This is not a number of 64 bits.",
                "const a :UInt8 = 0x; | 2:18 This is not a number.",
                "const a :Int32 = 1_000; | 2:18 This is not a number.",
                "const a :Int64 = -9223372036854775809; | 2:18 The number is too far below zero.",
                "struct S { a @0 :List; } | 2:18 'List' takes one type.",
                "struct S { a @0 :List(AnyPointer); } | 2:18 There are no lists of AnyPointer.",
                "struct S(T) { a @0 :List(T); } | 2:21 There are no lists of a type parameter.",
                "struct S(T) { a @0 :S(Int32); } | 2:23 Only types that live behind a pointer can be type arguments.",
                "struct S(T) { a @0 :S(Text, Text); } | 2:21 'S' takes 1 type arguments.",
                "struct S { a @0 :S(Text); } | 2:18 'S' takes no type arguments.",
                "struct S(T) { a @0 :T(Text); } | 2:21 A type parameter takes no arguments.",
                "struct S(T) { a @0 :T = \"x\"; } | 2:25 A value of a type parameter cannot be written.",
                "interface I extends(S) {} struct S {} | 2:21 'S' is not an interface.",
                "interface I { m @0 Text -> (); } | 2:20 'Text' is not a struct.",
                "interface I { m @0 stream -> (); } | 2:20 Only results can be 'stream'.",
                "annotation a(struct) :Text; struct S $a(\"x\") { f @0 :Bool $a(\"y\"); } | 2:60 'a' cannot be put on a field.",
                "annotation a(struct) :Text; struct S $a {} | 2:39 'a' needs a value.",
                "struct S $Text(\"x\") {} | 2:11 'Text' is not an annotation.",
                "annotation a(structs) :Text; | 2:14 Annotations cannot be put on this.",
                "struct s {} | 2:8 Names of types begin with a capital letter.",
                "struct S { A @0 :Bool; } | 2:12 Only names of types begin with a capital letter.",
                "struct S { a_b @0 :Bool; } | 2:12 Names have no underscores.",
                "struct S { union { a @0 :Bool; } } | 2:12 The union has fewer than two members.",
                "struct S { g :group {} } | 2:12 The group is empty.",
                "struct S { a @0 :Bool } | 2:12 The statement does not end.",
                "struct S { a @0 Bool; } | 2:17 ':' is expected here.",
                "struct S { a :Bool; } | 2:15 A field has a number before its type.",
                "struct S; | 2:8 A block is missing here.",
                "const a :Bool = true {} | 2:7 No block belongs here.",
                "struct S { | 2:10 This block is not closed.",
                "} | 2:1 There is no block to close here.",
                "const a :Text = \"x; | 2:17 The text is not closed.",
                "const a :Text = \"\\q\"; | 2:18 There is no such escape.",
                "const a :Data = 0x\"123\"; | 2:17 A hexadecimal digit is missing.",
                "const a :List(Bool) = [true; | 2:23 This list is not closed.",
                "const a :Bool = §; | 2:17 No schema has such a character here.",
                "import \"x\"; | 2:1 A declaration is expected here.",
                "@0xabcdefabcdefabcd; | 2:1 The file has an id already.",
                "struct A @0xabcdefabcdef0001 {} struct B @0xabcdefabcdef0001 {} | 2:40 The id @0xabcdefabcdef0001 is used twice.",
                "struct A @0x1 {} | 2:10 The id is too small.",
                "using Import = import \"none.capnp\"; | 2:23 The imported file none.capnp is not found.",
                "using Import = import \"/none.capnp\"; | 2:23 The imported file /none.capnp is not found.",
                "using Import = import \"../none.capnp\"; | 2:23 The imported file ../none.capnp is not found.",
                "const a :Text = embed \"none.txt\"; | 2:23 The embedded file none.txt is not found.",
                "const a :Int8 = embed \"test.capnp\"; | 2:17 A file can be embedded as Text, Data or a struct.",
                "struct S {} const a :S = embed \"test.capnp\"; | 2:26 The embedded file is not a message",
                "using A = A; | 2:7 The alias stands for itself.",
                "using A = B; using B = A; | 2:7 The alias stands for itself.",
            })
    void a_mistake_is_told_where_it_is(String text, String expected) {
        Compilation compilation = SchemaText.compile(text);
        String places = SchemaText.places(compilation);
        assertTrue(places.contains(expected), text + "\n" + places);
        for (Problem problem : compilation.problems()) {
            assertFalse(problem.hint().isBlank(), "without a hint: " + problem);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "const a :Int32 = 1_000; | 2:18 This is not a number.",
                "const a :Int32 = -1_000; | 2:19 This is not a number.",
                "const a :UInt64 = 18446744073709551616; | 2:19 This is not a number of 64 bits.",
                "const a :UInt8 = 0x; | 2:18 This is not a number.",
                "const a :UInt8 = 0x1_f; | 2:18 This is not a number.",
                "const a :UInt8 = 1x; | 2:18 This is not a number.",
                "const a :Float32 = 1.5.5; | 2:20 This is not a number.",
                "const a :List(Int8) = [1_0, 2]; | 2:24 This is not a number.",
                "struct S { a @1_0 :Int8; } | 2:15 This is not a number.",
                "struct S { a @0 :Text; b @0x :Text; } | 2:27 This is not a number.",
                "const a :Text = 1_0; | 2:17 This is not a number.",
            })
    void a_malformed_value_is_told_once(String text, String expected) {
        assertProblem(expected, text);
    }

    @Test
    void several_mistakes_are_told_in_one_run() {
        Compilation compilation =
                SchemaText.compile("struct A { a @0 :Nothing; }\nstruct B { b @0 Bool; }\nstruct C { c @1 :Bool; }");
        assertEquals(
                "2:18 'Nothing' is not declared.\n3:17 ':' is expected here.\n4:14 The number @0 is missing.",
                SchemaText.places(compilation));
        assertFalse(compilation.succeeded());
        assertThrows(IllegalStateException.class, compilation::message);
    }

    @Test
    void a_number_that_is_used_twice_is_told_at_both_places_and_nowhere_else() {
        assertProblem("""
                2:34 The number @1 is used here, too.
                2:46 The number @1 is used twice.""", "struct P { name @0 :Text; phones @1 :Text; x @1 :Int32; }");
        assertProblem(
                "2:53 'x' comes between a union's number and its first member.",
                "struct P { u @3! :union { a @1 :Int8; b @4 :Int8; } x @2 :Int8; y @0 :Int8; }");
    }

    @Test
    void a_problem_quotes_the_text_and_gives_a_hint() {
        Problem problem =
                SchemaText.compile("struct Point { a @0 :Pint; }").problems().getFirst();
        assertEquals("Pint", problem.text());
        assertEquals("Did you mean 'Point'?", problem.hint());
        assertEquals(
                "test.capnp:2:22: error: 'Pint' is not declared. Did you mean 'Point'? Near: Pint", problem.toString());
    }

    private static void assertHint(String hint, String text) {
        assertEquals(hint, SchemaText.compile(text).problems().getFirst().hint(), text);
    }

    @Test
    void a_misspelt_type_is_told_the_name_that_was_probably_meant() {
        assertHint("Did you mean 'Text'?", "struct S { a @0 :Txet; }");
        assertHint("Did you mean 'Text'?", "struct S { a @0 :text; }");
        assertHint("Did you mean 'Int32'?", "struct S { a @0 :List(Imt32); }");
        assertHint("Did you mean 'UInt64'?", "struct S { a @0 :Uint64; }");
        assertHint("Did you mean 'Value'?", "struct S(Value) { a @0 :Valeu; }");
        assertHint("Did you mean 'Item'?", "interface I { m @0 [Item] (a :Itme); }");
        assertHint("Did you mean 'Inner'?", "struct S { struct T { a @0 :Iner; } struct Inner {} }");
        assertHint("Did you mean 'Outer'?", "struct Outer {} struct S { a @0 : .Otuer; }");
    }

    @Test
    void members_that_are_offered_can_be_said_there() {
        assertHint(
                "There are Phone, Kind, Number.",
                "struct S { a @0 :P(Text).Absent; } "
                        + "struct P(T) { struct Phone {} enum Kind { a @0; } using Number = Int64; } using Other = Text;");
        Compilation imported = SchemaText.compile(Map.of(
                "test.capnp",
                "@0xabcdefabcdefabc1; struct S { a @0 :import \"p.capnp\".Absent; }",
                "p.capnp",
                "@0xabcdefabcdefabc2; using Java = import \"/capnp/java.capnp\"; struct Person {}"));
        assertEquals("There is Person.", imported.problems().getFirst().hint());
    }

    @Test
    void columns_count_characters() {
        assertProblem("2:32 'Nope' is not declared.", "const t :Text = \"ä𝄞\"; const u :Nope = 1;");
    }

    @Test
    void a_file_without_an_id_is_told_one() {
        Compilation compilation = SchemaText.compile(Map.of("test.capnp", "struct S {}"));
        assertTrue(SchemaText.problems(compilation).matches("(?s).*Add this line: @0x[89a-f][0-9a-f]{15};.*"));
    }

    @Nested
    class Circles {
        @Test
        void a_constant_that_is_itself_is_refused() {
            assertTrue(
                    SchemaText.places(SchemaText.compile("const a :Int8 = .a;")).contains("depends on itself"));
        }

        @Test
        void constants_that_are_each_other_are_refused() {
            assertTrue(SchemaText.places(SchemaText.compile("const a :Int8 = .b;\nconst b :Int8 = .a;"))
                    .contains("depends on itself"));
            assertTrue(SchemaText.places(
                            SchemaText.compile(
                                    "const a :List(List(S)) = [.b];\nconst b :List(S) = [(a = .a)];\nstruct S { a @0 :AnyPointer; }"))
                    .contains("depends on itself"));
        }

        @Test
        void files_may_import_each_other() {
            SchemaText.assertCompiles(SchemaText.compile(Map.of(
                    "test.capnp",
                    "@0xabcdefabcdefabc1; struct A { b @0 :import \"b.capnp\".B; }",
                    "b.capnp",
                    "@0xabcdefabcdefabc2; struct B { a @0 :import \"test.capnp\".A; }")));
        }

        @Test
        void constants_in_files_that_import_each_other_are_refused_if_they_are_each_other() {
            Compilation compilation = SchemaText.compile(Map.of(
                    "test.capnp",
                    "@0xabcdefabcdefabc1; const a :Int8 = import \"b.capnp\".b;",
                    "b.capnp",
                    "@0xabcdefabcdefabc2; const b :Int8 = import \"test.capnp\".a;"));
            assertTrue(SchemaText.places(compilation).contains("depends on itself"));
        }
    }

    @Nested
    class UnreadableInput {
        @Test
        void a_file_that_is_not_there_is_told() {
            Compilation compilation = new Compiler().compile(SourceFiles.of(Map.of()), List.of("none.capnp"));
            assertEquals("1:1 There is no such file.", SchemaText.places(compilation));
        }

        @Test
        void a_folder_is_no_schema(@TempDir Path folder) throws IOException {
            Files.createDirectory(folder.resolve("test.capnp"));
            Compilation compilation = new Compiler().compile(SourceFiles.folder(folder), List.of("test.capnp"));
            assertEquals("1:1 The file cannot be read: it is not a regular file.", SchemaText.places(compilation));
        }

        @Test
        void a_file_that_cannot_be_read_is_told_where_it_is_imported() {
            SourceFiles files = path -> {
                if (path.equals("test.capnp")) {
                    return (SchemaText.ID + "using B = import \"b.capnp\"; const c :Text = embed \"c\";")
                            .getBytes(StandardCharsets.UTF_8);
                }
                throw new IOException("the disk is on fire");
            };
            assertEquals(
                    "2:18 The imported file b.capnp cannot be read: the disk is on fire.\n"
                            + "2:51 The embedded file c cannot be read: the disk is on fire.",
                    SchemaText.places(new Compiler().compile(files, List.of("test.capnp"))));
        }

        @ParameterizedTest
        @ValueSource(strings = {"../test.capnp", "/../../etc/passwd", ".."})
        void a_path_cannot_leave_the_source_folder(String path) {
            Compilation compilation = new Compiler().compile(SourceFiles.of(Map.of()), List.of(path));
            assertEquals("1:1 The path leads out of the source folder.", SchemaText.places(compilation));
        }

        @Test
        void an_empty_file_is_told_its_id() {
            assertEquals("1:1 The file has no id.", SchemaText.places(SchemaText.compile(Map.of("test.capnp", ""))));
        }

        @Test
        void garbage_is_told_at_its_first_bytes_and_not_forever() {
            byte[] garbage = new byte[1 << 20];
            new Random(1).nextBytes(garbage);
            List<Problem> problems =
                    SchemaText.compileBytes(Map.of("test.capnp", garbage)).problems();
            assertTrue(problems.size() <= 101, problems.size() + " problems");
            assertEquals(1, problems.getFirst().line());
            assertTrue(problems.getLast().message().endsWith("more problems are not shown."));
        }

        @Test
        void every_prefix_of_a_schema_is_refused_or_accepted_without_an_exception() throws IOException {
            byte[] schema =
                    Files.readAllBytes(CapnpTool.ROOT.resolve("capnpc/src/test/capnp/corpus/annotations.capnp"));
            for (int length = 0; length < schema.length; length++) {
                Compilation compilation = SchemaText.compileBytes(Map.of("test.capnp", Arrays.copyOf(schema, length)));
                assertTrue(compilation.succeeded() == compilation.problems().isEmpty());
            }
        }

        @Test
        void a_schema_with_random_changes_is_refused_or_accepted_without_an_exception() throws IOException {
            Random random = new Random(7);
            for (String path : ToolComparisonTest.corpus()) {
                byte[] schema = Files.readAllBytes(CapnpTool.ROOT.resolve("capnpc/src/test/capnp/corpus/" + path));
                for (int i = 0; i < 50; i++) {
                    byte[] changed = schema.clone();
                    for (int j = random.nextInt(3); j >= 0; j--) {
                        changed[random.nextInt(changed.length)] = changed[random.nextInt(changed.length)];
                    }
                    Compilation compilation = SchemaText.compileBytes(Map.of("test.capnp", changed));
                    assertTrue(compilation.succeeded() == compilation.problems().isEmpty());
                }
            }
        }
    }
}
