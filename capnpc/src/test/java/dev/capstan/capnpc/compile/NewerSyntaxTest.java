package dev.capstan.capnpc.compile;

import dev.capstan.testkit.Parity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What version 0.9.2 of the C++ compiler refuses and later ones accept means the same as its long form. */
class NewerSyntaxTest {
    private static final String STRUCT = "struct S { t @0 :Text; i @1 :Int8; g :group { a @2 :Int8; b @3 :Bool; } }\n";

    private static void assertSame(String longForm, String shortForm) {
        CapnpTool.assertSame(
                SchemaText.compile(longForm).message().toByteArray(),
                SchemaText.compile(shortForm).message().toByteArray(),
                shortForm);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            const c :S = (t = "x");              | const c :S = "x";
            const c :List(S) = [(t = "x"), ()];  | const c :List(S) = ["x", ()];
            const c :S = (g = (a = 5));          | const c :S = (g = 5);
            struct D { s @0 :S = (t = "x"); }    | struct D { s @0 :S = "x"; }
            """)
    void a_struct_can_be_written_as_its_first_field(String longForm, String shortForm) {
        assertSame(STRUCT + longForm, STRUCT + shortForm);
    }

    @Test
    @Parity("encoding: GlobalConstants")
    void text_can_be_a_block_of_lines_behind_backquotes() {
        assertSame("const t :Text = \"one\\n\\\"two\\\" `2`\\n\";", "const t :Text =\n  `one\n  `\"two\" `2`\n  ;");
    }
}
