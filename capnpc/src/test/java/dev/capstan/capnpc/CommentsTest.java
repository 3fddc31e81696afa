package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommentsTest {
    @Test
    void lines_are_joined_and_blank_lines_part_paragraphs() {
        assertEquals(List.of("One two.", "Three."), Comments.paragraphs("One\ntwo.\n\n  \nThree.\n"));
        assertEquals(List.of(), Comments.paragraphs(""));
    }

    @Test
    void what_is_special_in_html_or_in_a_comment_is_escaped() {
        assertEquals(
                List.of("a &lt; b &amp;&amp; c &gt; d &#64;e *&#47; &#92;u002a"),
                Comments.paragraphs("a < b && c > d @e */ \\u002a"));
    }

    @Test
    void backquotes_are_code_unless_their_content_would_end_it() {
        assertEquals(
                List.of("See {@code List<T>} and `{x}` and `a*&#47;` and `&#64;y`."),
                Comments.paragraphs("See `List<T>` and `{x}` and `a*/` and `@y`."));
    }

    @Test
    void short_comments_take_one_line_and_long_ones_are_filled() {
        assertEquals(List.of(), Comments.javadoc(List.of(), 40));
        assertEquals(List.of("/** Short. */"), Comments.javadoc(List.of("Short."), 40));
        assertEquals(
                List.of("/**", " * Words that do", " * not fit.", " *", " * <p>More.", " */"),
                Comments.javadoc(List.of("Words that do not fit.", "More."), 18));
    }
}
