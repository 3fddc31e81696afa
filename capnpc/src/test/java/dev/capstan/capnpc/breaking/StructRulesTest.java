package dev.capstan.capnpc.breaking;

import static dev.capstan.capnpc.breaking.Versions.compatible;
import static dev.capstan.capnpc.breaking.Versions.finds;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What may and may not happen to the fields of a struct; every rule has an example on both sides of its line. */
class StructRulesTest {
    @Nested
    class Ordinals {
        @Test
        void a_new_field_is_allowed() {
            compatible("struct A { a @0 :Text; }", "struct A { a @0 :Text; b @1 :UInt8 = 3; }");
        }

        @Test
        void fields_may_be_written_in_another_order() {
            compatible("struct A { a @0 :Text; b @1 :UInt8; }", "struct A { b @1 :UInt8; a @0 :Text; }");
        }

        @Test
        void a_field_that_is_gone_breaks() {
            finds("struct A { a @0 :Text; b @1 :UInt8; }", "struct A { a @0 :Text; }", "ordinal-removed A.b");
        }

        @Test
        void a_field_in_a_group_that_is_gone_breaks() {
            finds(
                    "struct A { a @0 :Text; g :group { b @1 :UInt8; c @2 :Text; } }",
                    "struct A { a @0 :Text; g :group { b @1 :UInt8; } }",
                    "ordinal-removed A.g.c");
        }

        @Test
        void a_group_that_is_gone_breaks() {
            finds(
                    "struct A { a @0 :Text; g :group { b @1 :UInt8; } }",
                    "struct A { a @0 :Text; }",
                    "ordinal-removed A.g.b");
        }

        @Test
        void two_fields_that_change_places_break_also_when_they_have_one_type() {
            finds(
                    "struct A { a @0 :Text; b @1 :Text; }",
                    "struct A { b @0 :Text; a @1 :Text; }",
                    "ordinal-changed A.a",
                    "ordinal-changed A.b");
        }

        @Test
        void a_field_that_is_taken_out_moves_up_those_behind_it() {
            finds(
                    "struct A { a @0 :Text; b @1 :Text; c @2 :Text; }",
                    "struct A { a @0 :Text; c @1 :Text; }",
                    "ordinal-changed A.c",
                    "ordinal-removed A.b");
        }

        @Test
        void another_name_under_the_same_number_is_source_only() {
            finds("struct A { a @0 :Text; }", "struct A { z @0 :Text; }", "(renamed A.z)");
        }

        @Test
        void an_old_name_may_go_to_a_new_number_when_the_old_number_has_a_new_name() {
            finds("struct A { a @0 :Text; }", "struct A { oldA @0 :Text; a @1 :List(Text); }", "(renamed A.oldA)");
        }
    }

    @Nested
    class Types {
        @Test
        void another_type_breaks() {
            finds("struct A { a @0 :Text; }", "struct A { a @0 :Data; }", "type-changed A.a");
            finds("struct A { a @0 :Int32; }", "struct A { a @0 :UInt32; }", "type-changed A.a");
            finds("struct A { a @0 :Text; }", "struct A { a @0 :AnyPointer; }", "type-changed A.a");
            finds("struct A { a @0 :AnyStruct; }", "struct A { a @0 :AnyList; }", "type-changed A.a");
            finds("struct A { a @0 :List(Int8); }", "struct A { a @0 :List(UInt8); }", "type-changed A.a");
        }

        @Test
        void another_struct_breaks_and_another_name_of_it_does_not() {
            String old = "struct A { b @0 :B; } struct B @0xb1b1b1b1b1b1b1b1 { x @0 :Text; }";
            finds(
                    old,
                    "struct A { b @0 :C; } struct B @0xb1b1b1b1b1b1b1b1 { x @0 :Text; } struct C { x @0 :Text; }",
                    "type-changed A.b");
            finds(old, "struct A { b @0 :C; } struct C @0xb1b1b1b1b1b1b1b1 { x @0 :Text; }", "(renamed C)");
        }

        @Test
        void a_field_that_grows_moves_those_behind_it() {
            finds(
                    "struct A { a @0 :UInt8; b @1 :UInt8; }",
                    "struct A { a @0 :UInt64; b @1 :UInt8; }",
                    "layout-changed A",
                    "type-changed A.a");
        }

        @Test
        void a_list_of_numbers_blobs_or_lists_may_become_a_list_of_structs_that_begin_with_one() {
            for (String type : new String[] {"UInt16", "Text", "Data", "List(Int8)", "E"}) {
                compatible(
                        "enum E { x @0; } struct A { a @0 :List(" + type + "); }",
                        "enum E { x @0; } struct A { a @0 :List(B); } struct B { v @0 :" + type + "; w @1 :Text; }");
            }
        }

        @Test
        void a_list_of_bool_may_not_and_the_first_field_has_to_match() {
            finds(
                    "struct A { a @0 :List(Bool); }",
                    "struct A { a @0 :List(B); } struct B { v @0 :Bool; }",
                    "type-changed A.a");
            finds(
                    "struct A { a @0 :List(UInt16); }",
                    "struct A { a @0 :List(B); } struct B { v @0 :UInt32; w @1 :UInt16; }",
                    "type-changed A.a");
        }

        @Test
        void a_list_of_structs_may_not_become_a_list_of_numbers() {
            finds(
                    "struct A { a @0 :List(B); } struct B { v @0 :UInt16; }",
                    "struct A { a @0 :List(UInt16); } struct B { v @0 :UInt16; }",
                    "type-changed A.a");
        }
    }

    @Nested
    class Defaults {
        @Test
        void a_default_that_stays_or_is_zero_is_no_change() {
            compatible("struct A { a @0 :UInt8 = 3; }", "struct A { a @0 :UInt8 = 0x3; }");
            compatible("struct A { a @0 :UInt8; }", "struct A { a @0 :UInt8 = 0; }");
            compatible("struct A { a @0 :Text = \"x\"; }", "const x :Text = \"x\"; struct A { a @0 :Text = .x; }");
        }

        @Test
        void another_default_breaks() {
            finds("struct A { a @0 :UInt8 = 3; }", "struct A { a @0 :UInt8 = 4; }", "default-changed A.a");
            finds("struct A { a @0 :UInt8; }", "struct A { a @0 :UInt8 = 4; }", "default-changed A.a");
            finds("struct A { a @0 :Text = \"x\"; }", "struct A { a @0 :Text = \"y\"; }", "default-changed A.a");
            finds(
                    "struct A { a @0 :List(Text) = [\"x\"]; }",
                    "struct A { a @0 :List(Text) = [\"x\", \"y\"]; }",
                    "default-changed A.a");
        }

        @Test
        void a_default_stays_the_same_when_its_struct_gets_a_field() {
            compatible(
                    "struct A { a @0 :B = (v = 5, l = [(v = 1)]); } struct B { v @0 :UInt16; l @1 :List(B); }",
                    "struct A { a @0 :B = (v = 5, l = [(v = 1)]); }"
                            + "struct B { v @0 :UInt16; l @1 :List(B); w @2 :UInt64; t @3 :Text; }");
        }

        @Test
        void another_value_deep_in_a_default_breaks() {
            finds(
                    "struct A { a @0 :B = (v = 5, l = [(v = 1)]); } struct B { v @0 :UInt16; l @1 :List(B); }",
                    "struct A { a @0 :B = (v = 5, l = [(v = 2)]); } struct B { v @0 :UInt16; l @1 :List(B); }",
                    "default-changed A.a");
        }
    }

    @Nested
    class Groups_and_unions {
        @Test
        void a_field_may_begin_a_union() {
            compatible(
                    "struct A { a @0 :Text; b @1 :UInt8; }",
                    "struct A { b @1 :UInt8; union { a @0 :Text; c @2 :UInt16; } }");
        }

        @Test
        void a_field_may_go_into_a_group_or_named_union_that_is_new_and_gets_another_name_in_source() {
            finds(
                    "struct A { a @0 :Text; }",
                    "struct A { a :group { text @0 :Text; lang @1 :Text; } }",
                    "(renamed A.a.text)");
            finds(
                    "struct A { a @0 :Text; }",
                    "struct A { a :union { text @0 :Text; number @1 :UInt32; } }",
                    "(renamed A.a.text)");
        }

        @Test
        void groups_and_unions_may_grow() {
            compatible(
                    "struct A { g :group { a @0 :Text; } union { b @1 :Text; c @2 :Void; } }",
                    "struct A { g :group { a @0 :Text; d @3 :UInt8; } union { b @1 :Text; c @2 :Void; e @4 :UInt64; } }");
        }

        @Test
        void a_new_union_with_two_old_fields_breaks() {
            finds(
                    "struct A { a @0 :Text; b @1 :Text; }",
                    "struct A { union { a @0 :Text; b @1 :Text; } }",
                    "layout-changed A",
                    "field-moved A.b");
        }

        @Test
        void a_field_that_goes_into_an_old_union_breaks() {
            finds(
                    "struct A { a @0 :Text; union { b @1 :Text; c @2 :Text; } }",
                    "struct A { union { a @0 :Text; b @1 :Text; c @2 :Text; } }",
                    "layout-changed A",
                    "field-moved A.a",
                    "discriminant-changed A.b",
                    "discriminant-changed A.c");
        }

        @Test
        void a_field_that_leaves_a_union_breaks() {
            finds(
                    "struct A { union { a @0 :Void; b @1 :Void; c @2 :Void; } }",
                    "struct A { union { a @0 :Void; b @1 :Void; } c @2 :Void; }",
                    "field-moved A.c");
        }

        @Test
        void a_field_that_goes_from_group_to_group_breaks() {
            finds(
                    "struct A { g :group { a @0 :Text; b @1 :Text; } h :group { c @2 :Text; } }",
                    "struct A { g :group { a @0 :Text; } h :group { b @1 :Text; c @2 :Text; } }",
                    "field-moved A.h.b");
        }

        @Test
        void a_field_that_goes_into_an_old_group_or_out_of_it_breaks() {
            finds(
                    "struct A { a @0 :Text; g :group { b @1 :Text; } }",
                    "struct A { g :group { a @0 :Text; b @1 :Text; } }",
                    "field-moved A.g.a",
                    "(renamed A.g.a)");
            finds(
                    "struct A { g :group { a @0 :Text; b @1 :Text; } }",
                    "struct A { a @0 :Text; g :group { b @1 :Text; } }",
                    "field-moved A.a");
        }

        @Test
        void a_group_that_dissolves_breaks() {
            finds("struct A { g :group { a @0 :Text; } }", "struct A { a @0 :Text; }", "field-moved A.a");
        }

        @Test
        void another_name_of_a_group_is_source_only() {
            finds(
                    "struct A { g :group { a @0 :Text; b @1 :Text; } }",
                    "struct A { h :group { a @0 :Text; b @1 :Text; } }",
                    "(renamed A.h)");
        }

        @Test
        void unions_that_change_places_among_groups_are_told_apart_by_their_fields() {
            compatible(
                    "struct A { g :union { a @0 :Text; b @1 :Text; } h :union { c @2 :Text; d @3 :Text; } }",
                    "struct A { h :union { c @2 :Text; d @3 :Text; } g :union { a @0 :Text; b @1 :Text; e @4 :Void; } }");
        }
    }

    @Nested
    class Type_parameters {
        private static final String OLD =
                "struct Map { entries @0 :List(Entry); struct Entry { key @0 :Text; value @1 :Text; } }"
                        + " struct User { map @0 :Map; maps @1 :List(Map); }";

        @Test
        void a_type_may_become_generic_if_all_who_use_it_bind_what_was_there() {
            compatible(
                    OLD,
                    "struct Map(K, V) { entries @0 :List(Entry); struct Entry { key @0 :K; value @1 :V; } }"
                            + " struct User { map @0 :Map(Text, Text); maps @1 :List(Map(Text, Text)); new @2 :Map(Text, Data); }");
        }

        @Test
        void a_use_that_binds_nothing_or_something_else_breaks() {
            String generic = "struct Map(K, V) { entries @0 :List(Entry); struct Entry { key @0 :K; value @1 :V; } }";
            finds(
                    OLD,
                    generic + " struct User { map @0 :Map; maps @1 :List(Map(Text, Text)); }",
                    "type-changed User.map",
                    "type-changed User.map");
            finds(
                    OLD,
                    generic + " struct User { map @0 :Map(Text, Data); maps @1 :List(Map(Text, Text)); }",
                    "type-changed User.map");
        }

        @Test
        void one_parameter_may_not_replace_two_types() {
            finds(
                    "struct Pair { a @0 :Text; b @1 :Data; }",
                    "struct Pair(T) { a @0 :T; b @1 :T; }",
                    "type-changed Pair.b");
        }

        @Test
        void a_number_cannot_become_a_parameter_as_it_has_another_place() {
            finds("struct A { a @0 :UInt8; }", "struct A(T) { a @0 :T; }", "type-changed A.a");
        }

        @Test
        void a_generic_type_may_refer_to_itself() {
            compatible(
                    "struct Node { value @0 :Text; next @1 :Node; }",
                    "struct Node(T) { value @0 :T; next @1 :Node(T); }");
            compatible(
                    "struct Node(T) { value @0 :T; next @1 :Node(T); }",
                    "struct Node(T, U) { value @0 :T; next @1 :Node(T, U); more @2 :U; }");
        }

        @Test
        void a_new_parameter_at_the_end_may_be_added_for_new_fields() {
            compatible(
                    "struct Box(T) { t @0 :T; } struct User { b @0 :Box(Text); }",
                    "struct Box(T, U) { t @0 :T; u @1 :U; } struct User { b @0 :Box(Text, Data); }");
        }

        @Test
        void parameters_that_are_gone_or_change_places_break() {
            finds("struct Pair(T, U) { t @0 :T; }", "struct Pair(T) { t @0 :T; }", "type-parameter-changed Pair");
            finds(
                    "struct Pair(T, U) { x @0 :Text; }",
                    "struct Pair(U, T) { x @0 :Text; }",
                    "type-parameter-changed Pair",
                    "type-parameter-changed Pair");
        }

        @Test
        void another_type_argument_breaks() {
            String box = "struct Box(T) { t @0 :T; }";
            finds(box + "struct A { b @0 :Box(Text); }", box + "struct A { b @0 :Box(Data); }", "type-changed A.b");
            finds(box + "struct A { b @0 :Box(Text); }", box + "struct A { b @0 :Box; }", "type-changed A.b");
        }
    }
}
