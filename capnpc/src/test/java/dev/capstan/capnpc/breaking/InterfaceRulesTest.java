package dev.capstan.capnpc.breaking;

import static dev.capstan.capnpc.breaking.Versions.compatible;
import static dev.capstan.capnpc.breaking.Versions.finds;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What may and may not happen to interfaces, methods, and what methods take and give. */
class InterfaceRulesTest {
    @Nested
    class Methods {
        @Test
        void a_new_method_is_allowed() {
            compatible("interface I { a @0 (); }", "interface I { b @1 (); a @0 (); }");
        }

        @Test
        void a_method_that_is_gone_breaks() {
            finds("interface I { a @0 (); b @1 (); }", "interface I { a @0 (); }", "method-removed I.b");
        }

        @Test
        void methods_that_change_places_break() {
            finds(
                    "interface I { a @0 (); b @1 (); }",
                    "interface I { b @0 (); a @1 (); }",
                    "ordinal-changed I.a",
                    "ordinal-changed I.b");
        }

        @Test
        void another_name_of_a_method_is_source_only() {
            finds("interface I { a @0 (); }", "interface I { z @0 (); }", "(renamed I.z)");
        }

        @Test
        void a_method_may_get_type_parameters_and_not_lose_them() {
            compatible("interface I { a @0 (); }", "interface I { a @0 [T] (t :T); }");
            finds(
                    "interface I { a @0 [T] (t :T); }",
                    "interface I { a @0 (t :AnyPointer); }",
                    "type-parameter-changed I.a",
                    "type-changed I.a.t");
        }

        @Test
        void a_stream_is_another_thing_in_source() {
            finds("interface I { a @0 (); }", "interface I { a @0 () -> stream; }", "(method-changed I.a)");
            compatible("interface I { a @0 () -> stream; }", "interface I { a @0 () -> stream; }");
        }
    }

    @Nested
    class Parameters_and_results {
        @Test
        void new_ones_at_the_end_are_allowed() {
            compatible(
                    "interface I { a @0 (x :Text) -> (y :Text); }",
                    "interface I { a @0 (x :Text, z :UInt8 = 4) -> (y :Text, q :Data); }");
        }

        @Test
        void one_that_is_gone_or_in_between_breaks() {
            finds(
                    "interface I { a @0 (x :Text, y :Data); }",
                    "interface I { a @0 (x :Text); }",
                    "ordinal-removed I.a.y");
            finds(
                    "interface I { a @0 (x :Text, y :Text); }",
                    "interface I { a @0 (y :Text, x :Text); }",
                    "ordinal-changed I.a.x",
                    "ordinal-changed I.a.y");
        }

        @Test
        void another_type_or_default_breaks() {
            finds("interface I { a @0 (x :Text); }", "interface I { a @0 (x :Data); }", "type-changed I.a.x");
            finds("interface I { a @0 () -> (x :Text); }", "interface I { a @0 () -> (x :I); }", "type-changed I.a.x");
            finds(
                    "interface I { a @0 (x :UInt8 = 1); }",
                    "interface I { a @0 (x :UInt8 = 2); }",
                    "default-changed I.a.x");
        }

        @Test
        void another_name_is_source_only() {
            finds("interface I { a @0 (x :Text); }", "interface I { a @0 (z :Text); }", "(renamed I.a.z)");
        }

        @Test
        void a_struct_of_the_same_layout_may_take_the_place_of_a_list_and_changes_source() {
            finds(
                    "interface I { a @0 (x :Text); }",
                    "interface I { a @0 P; } struct P { x @0 :Text; y @1 :Text; }",
                    "(method-changed I.a)");
            finds(
                    "interface I { a @0 (x :Text); }",
                    "interface I { a @0 P; } struct P { x @0 :UInt8; }",
                    "(method-changed I.a)",
                    "type-changed I.a.x");
        }

        @Test
        void what_is_wrong_in_a_named_struct_is_told_there_alone() {
            finds(
                    "interface I { a @0 P; } struct P { x @0 :Text; }",
                    "interface I { a @0 P; } struct P { x @0 :Data; }",
                    "type-changed P.x");
        }

        @Test
        void other_type_arguments_of_a_named_struct_break() {
            String box = "struct Box(T) { t @0 :T; }";
            finds(box + "interface I { a @0 Box(Text); }", box + "interface I { a @0 Box(Data); }", "type-changed I.a");
        }

        @Test
        void a_generic_interface_compares_its_parameters_by_place() {
            compatible("interface I(T) { a @0 (x :T); }", "interface I(S) { a @0 (x :S, y :Text); }");
            compatible(
                    "interface I { a @0 (x :Text); } struct U { i @0 :I; }",
                    "interface I(T) { a @0 (x :T); } struct U { i @0 :I(Text); }");
            finds(
                    "interface I { a @0 (x :Text); } struct U { i @0 :I; }",
                    "interface I(T) { a @0 (x :T); } struct U { i @0 :I(Data); }",
                    "type-changed U.i");
        }
    }

    @Nested
    class Superclasses {
        @Test
        void a_new_one_is_allowed() {
            compatible("interface A {} interface I {}", "interface A {} interface I extends(A) {}");
        }

        @Test
        void one_that_is_lost_breaks() {
            finds("interface A {} interface I extends(A) {}", "interface A {} interface I {}", "superclass-removed I");
        }

        @Test
        void one_that_is_lost_further_up_breaks_all_below() {
            finds(
                    "interface A {} interface B extends(A) {} interface I extends(B) {}",
                    "interface A {} interface B {} interface I extends(B) {}",
                    "superclass-removed B",
                    "superclass-removed I");
        }

        @Test
        void one_that_is_reached_through_another_is_still_there() {
            compatible(
                    "interface A {} interface I extends(A) {}",
                    "interface A {} interface B extends(A) {} interface I extends(B) {}");
        }

        @Test
        void other_type_arguments_break() {
            finds(
                    "interface A(T) {} interface I extends(A(Text)) {}",
                    "interface A(T) {} interface I extends(A(Data)) {}",
                    "type-changed I");
        }
    }
}
