package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineBreaksTest {
    @Test
    void what_fits_stays_as_it_is() {
        assertEquals(List.of("return f(a, b);"), LineBreaks.split("return f(a, b);", 15));
    }

    @Test
    void arguments_go_to_the_next_line_as_many_as_fit() {
        assertEquals(
                List.of("return call(", "        first, second,", "        third);"),
                LineBreaks.split("return call(first, second, third);", 24));
    }

    @Test
    void commas_inside_brackets_and_strings_are_no_places_to_break() {
        assertEquals(
                List.of("f(", "        Map<A, B> m,", "        g(\"a, (b\", c));"),
                LineBreaks.split("f(Map<A, B> m, g(\"a, (b\", c));", 25));
    }

    @Test
    void a_class_breaks_before_its_parents() {
        assertEquals(
                List.of("final class A", "        extends B<C, D>", "                implements E {"),
                LineBreaks.split("final class A extends B<C, D> implements E {", 25));
    }

    @Test
    void a_method_breaks_before_what_it_throws_and_after_a_long_type() {
        assertEquals(
                List.of("int method(A a)", "        throws Exception {"),
                LineBreaks.split("int method(A a) throws Exception {", 30));
        assertEquals(
                List.of("public List<Something>", "        getSomething() {"),
                LineBreaks.split("public List<Something> getSomething() {", 30));
    }

    @Test
    void a_constant_breaks_behind_the_sign_and_before_its_name() {
        assertEquals(
                List.of("static final List<Text>", "        LIST_OF_TEXT =", "        List.of();"),
                LineBreaks.split("static final List<Text> LIST_OF_TEXT = List.of();", 30));
    }

    @Test
    void comments_and_names_without_a_break_stay_long() {
        assertEquals(
                List.of("/** very long (comment, indeed) */"),
                LineBreaks.split("/** very long (comment, indeed) */", 10));
        assertEquals(List.of("aVeryLongNameIndeed;"), LineBreaks.split("aVeryLongNameIndeed;", 10));
    }
}
