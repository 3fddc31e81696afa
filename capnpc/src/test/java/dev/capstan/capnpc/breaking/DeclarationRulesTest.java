package dev.capstan.capnpc.breaking;

import static dev.capstan.capnpc.breaking.Versions.compatible;
import static dev.capstan.capnpc.breaking.Versions.finds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What may and may not happen to declarations, enums, constants and annotations. */
class DeclarationRulesTest {
    @Nested
    class Declarations {
        @Test
        void new_declarations_are_allowed() {
            compatible(
                    "struct A {}",
                    "struct A { struct B {} } enum C { x @0; } interface D {} const e :UInt8 = 1; using F = A;"
                            + " annotation g (struct) :Void;");
        }

        @Test
        void a_struct_that_is_gone_breaks_once_with_all_that_is_in_it() {
            finds("struct A { struct B {} enum C { x @0; } }", "struct Z {}", "declaration-removed A");
        }

        @Test
        void an_enum_or_interface_in_a_struct_that_is_gone_breaks() {
            finds("struct A { enum C { x @0; } }", "struct A {}", "declaration-removed A.C");
            finds("struct A { interface C {} }", "struct A {}", "declaration-removed A.C");
        }

        @Test
        void a_constant_or_annotation_that_is_gone_is_source_only() {
            finds("const a :UInt8 = 1;", "", "(declaration-removed a)");
            finds("annotation a (struct) :Void;", "", "(declaration-removed a)");
        }

        @Test
        void another_kind_breaks() {
            finds("struct A {}", "enum A { x @0; }", "kind-changed A");
        }
    }

    @Nested
    class Ids {
        @Test
        void an_id_that_follows_from_the_name_may_be_written_out() {
            long id = Versions.compiled(Map.of("s.capnp", Versions.ID + "struct A {}"))
                    .getNodes()
                    .get(1)
                    .getId();
            compatible("struct A {}", "struct A @0x" + Long.toHexString(id) + " {}");
        }

        @Test
        void another_id_breaks_and_what_is_inside_is_compared_all_the_same() {
            finds(
                    "struct A @0xa1a1a1a1a1a1a1a1 { x @0 :Text; y @1 :A; struct B {} }",
                    "struct A @0xa2a2a2a2a2a2a2a2 { x @0 :Data; y @1 :A; struct B {} }",
                    "id-changed A",
                    "type-changed A.x");
        }

        @Test
        void another_name_without_an_id_of_its_own_loses_the_type() {
            finds("struct A {}", "struct B {}", "declaration-removed A");
        }

        @Test
        void another_id_of_the_file_breaks_what_has_its_id_from_it() {
            List<Finding> findings = SchemaComparison.compare(
                    Versions.compiled(Map.of("s.capnp", "@0xe1c9a3f4b5d60718; struct A { x @0 :A; }")),
                    Versions.compiled(Map.of("s.capnp", "@0xe1c9a3f4b5d60719; struct A { x @0 :A; }")));
            assertEquals(
                    List.of("id-changed "),
                    findings.stream().map(Versions::shortly).toList());
        }

        @Test
        void another_id_of_the_file_is_source_only_when_all_in_it_have_ids_of_their_own() {
            List<Finding> findings = SchemaComparison.compare(
                    Versions.compiled(Map.of("s.capnp", "@0xe1c9a3f4b5d60718; struct A @0xa1a1a1a1a1a1a1a1 {}")),
                    Versions.compiled(Map.of("s.capnp", "@0xe1c9a3f4b5d60719; struct A @0xa1a1a1a1a1a1a1a1 {}")));
            assertEquals(
                    "(id-changed )",
                    findings.stream().map(Versions::shortly).findFirst().orElseThrow());
            assertTrue(findings.stream().allMatch(finding -> finding.level() == Level.SOURCE_ONLY), findings::toString);
        }
    }

    @Nested
    class Names_and_places {
        @Test
        void another_name_under_the_same_id_is_source_only() {
            finds("struct A @0xa1a1a1a1a1a1a1a1 {}", "struct B @0xa1a1a1a1a1a1a1a1 {}", "(renamed B)");
        }

        @Test
        void another_scope_under_the_same_id_is_source_only_and_told_once() {
            finds(
                    "struct A @0xa1a1a1a1a1a1a1a1 { struct C {} } struct B {}",
                    "struct B { struct A @0xa1a1a1a1a1a1a1a1 { struct C {} } }",
                    "(renamed B.A)");
        }

        @Test
        void another_name_of_the_file_is_source_only_and_told_once() {
            String text = Versions.ID + "struct A { struct B {} }";
            List<Finding> findings = SchemaComparison.compare(
                    Versions.compiled(Map.of("old.capnp", text)), Versions.compiled(Map.of("new.capnp", text)));
            assertEquals(
                    List.of("(renamed )"),
                    findings.stream().map(Versions::shortly).toList());
        }

        @Test
        void a_file_that_is_gone_breaks_what_was_in_it() {
            List<Finding> findings = SchemaComparison.compare(
                    Versions.compiled(Map.of("s.capnp", Versions.ID + "struct A { struct B {} } const c :UInt8 = 1;")),
                    Versions.compiled(Map.of("t.capnp", "@0xe1c9a3f4b5d60719; struct Z {}")));
            assertEquals(
                    List.of("declaration-removed A", "(declaration-removed c)"),
                    findings.stream().map(Versions::shortly).toList());
            assertTrue(findings.getFirst().location().isInBase());
        }

        @Test
        void what_is_imported_counts_only_where_it_is_used() {
            String user = "@0xe1c9a3f4b5d60717; using I = import \"i.capnp\"; struct A { x @0 :I.X; }";
            assertEquals(
                    List.of(),
                    SchemaComparison.compare(
                            requested(
                                    "a.capnp",
                                    Map.of("a.capnp", user, "i.capnp", Versions.ID + "struct X { a @0 :Text; }")),
                            requested(
                                    "a.capnp",
                                    Map.of("a.capnp", user, "i.capnp", Versions.ID + "struct X { a @0 :Data; }"))));
        }
    }

    private static dev.capstan.capnp.schema.CodeGeneratorRequest.Reader requested(
            String file, Map<String, String> files) {
        Map<String, byte[]> contents = new java.util.TreeMap<>();
        files.forEach((path, text) -> contents.put(path, text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        return new dev.capstan.capnpc.compile.Compiler()
                .compile(dev.capstan.capnpc.source.SourceFiles.of(contents), List.of(file))
                .request();
    }

    @Nested
    class Enums {
        @Test
        void a_new_enumerant_is_allowed_and_the_order_in_the_source_is_free() {
            compatible("enum E { a @0; b @1; }", "enum E { c @2; b @1; a @0; }");
        }

        @Test
        void an_enumerant_that_is_gone_breaks() {
            finds("enum E { a @0; b @1; }", "enum E { a @0; }", "enumerant-removed E.b");
        }

        @Test
        void enumerants_that_change_places_break() {
            finds(
                    "enum E { a @0; b @1; c @2; }",
                    "enum E { a @0; c @1; b @2; }",
                    "enumerant-reordered E.b",
                    "enumerant-reordered E.c");
        }

        @Test
        void an_enumerant_that_is_put_in_between_moves_the_others() {
            finds("enum E { a @0; b @1; }", "enum E { a @0; new @1; b @2; }", "(renamed E.new)");
            finds(
                    "enum E { a @0; b @1; c @2; }",
                    "enum E { a @0; new @1; b @2; c @3; }",
                    "enumerant-reordered E.b",
                    "enumerant-reordered E.c");
        }

        @Test
        void another_name_of_an_enumerant_is_source_only() {
            finds("enum E { a @0; b @1; }", "enum E { a @0; z @1; }", "(renamed E.z)");
        }
    }

    @Nested
    class Constants_and_annotations {
        @Test
        void another_value_of_a_constant_is_source_only() {
            compatible("const a :UInt8 = 1;", "const a :UInt8 = 0x01;");
            finds("const a :UInt8 = 1;", "const a :UInt8 = 2;", "(constant-changed a)");
            finds("const a :UInt8 = 1;", "const a :UInt16 = 1;", "(constant-changed a)");
        }

        @Test
        void a_constant_that_changes_a_default_breaks_where_it_is_used() {
            finds(
                    "const c :UInt8 = 1; struct A { a @0 :UInt8 = .c; }",
                    "const c :UInt8 = 2; struct A { a @0 :UInt8 = .c; }",
                    "(constant-changed c)",
                    "default-changed A.a");
        }

        @Test
        void an_annotation_may_be_allowed_on_more_and_not_on_less() {
            compatible("annotation a (struct) :Text;", "annotation a (struct, field) :Text;");
            compatible("annotation a (struct) :Text;", "annotation a (*) :Text;");
            finds("annotation a (struct, field) :Text;", "annotation a (struct) :Text;", "(annotation-changed a)");
            finds("annotation a (struct) :Text;", "annotation a (struct) :Data;", "(annotation-changed a)");
        }

        @Test
        void annotations_that_nobody_knows_may_come_and_go() {
            compatible(
                    "annotation a (struct) :Text; struct S $a(\"x\") {}", "annotation a (struct) :Text; struct S {}");
        }

        @Test
        void another_json_form_breaks() {
            String json = "using J = import \"/capnp/compat/json.capnp\";";
            finds(
                    json + "struct S { a @0 :Text; }",
                    json + "struct S { a @0 :Text $J.name(\"b\"); }",
                    "annotated-differently S.a");
            finds(
                    json + "struct S { a @0 :Data $J.hex; }",
                    json + "struct S { a @0 :Data $J.base64; }",
                    "annotated-differently S.a",
                    "annotated-differently S.a");
            finds(
                    json + "enum S { a @0 $J.name(\"b\"); }",
                    json + "enum S { a @0 $J.name(\"c\"); }",
                    "annotated-differently S.a");
            compatible(
                    json + "struct S { a @0 :Text $J.name(\"b\"); }", json + "struct S { a @0 :Text $J.name(\"b\"); }");
        }

        @Test
        void another_package_or_namespace_is_source_only() {
            String java = "using Java = import \"/capnp/java.capnp\";";
            String cxx = "using Cxx = import \"/capnp/c++.capnp\";";
            finds(java + "$Java.package(\"a\");", java + "$Java.package(\"b\");", "(annotated-differently )");
            finds(java + "struct A {}", java + "struct A $Java.name(\"B\") {}", "(annotated-differently A)");
            finds(cxx + "$Cxx.namespace(\"a\");", cxx, "(annotated-differently )");
            finds(cxx + "struct A {}", cxx + "struct A $Cxx.name(\"B\") {}", "(annotated-differently A)");
        }
    }
}
