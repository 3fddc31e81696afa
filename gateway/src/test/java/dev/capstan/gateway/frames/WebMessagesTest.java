package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages of Cap'n Web, taken apart. */
class WebMessagesTest {
    private static final Path GOLDEN = Path.of("..", "capnweb", "src", "test", "resources", "golden");

    private final List<Frame> frames = new ArrayList<>();
    private Decoding decoding = Decoding.plain();

    private List<String> decoded(String... lines) {
        FrameDecoder decoder = FrameDecoder.ofMessages(1, frames::add, out -> new WebMessages(decoding, out));
        for (String each : lines) {
            byte[] text = each.substring(2).getBytes(StandardCharsets.UTF_8);
            Direction direction = each.startsWith("> ") ? Direction.TO_SERVER : Direction.TO_CLIENT;
            decoder.received(0, direction, text, 0, text.length);
        }
        return frames.stream().map(Heard::line).toList();
    }

    static Stream<Path> transcripts() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.sorted().toList().stream();
        }
    }

    /** The lines of a transcript, with {@code "> "} before what the client said and {@code "< "} before what the server said. */
    private static String[] said(Path transcript) throws IOException {
        Json json = new Json(Limits.DEFAULT);
        List<String> lines = new ArrayList<>();
        for (String each : Files.readAllLines(transcript)) {
            byte[] text = each.getBytes(StandardCharsets.UTF_8);
            if (json.parse(text, 0, text.length) instanceof Map<?, ?> entry
                    && entry.get("line") instanceof String line) {
                lines.add(("c2s".equals(entry.get("dir")) ? "> " : "< ") + line);
            }
        }
        return lines.toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void what_TypeScript_says_is_understood(Path transcript) throws IOException {
        String[] said = said(transcript);
        decoded(said);
        assertTrue(said.length > 0);
        assertEquals(said.length, frames.size());
        for (Frame each : frames) {
            assertEquals(Frame.Standing.MESSAGE, each.standing(), each::toString);
        }
    }

    @Test
    void a_pipelined_call_shows_its_parent() throws IOException {
        assertEquals(
                List.of(
                        "-> capnweb push 1 on main: makeCounter (4)",
                        "-> capnweb push 2 on promise 1 of makeCounter: increment (2)",
                        "-> capnweb push 3 on main: square ([\"pipeline\",2])",
                        "-> capnweb pull 2 increment",
                        "-> capnweb pull 3 square",
                        "-> capnweb push 4 on promise 1 of makeCounter: value",
                        "-> capnweb pull 4 value",
                        "<- capnweb resolve 2 increment 6",
                        "<- capnweb resolve 3 square 36"),
                decoded(said(GOLDEN.resolve("02-pipelined-chain.jsonl"))).subList(0, 9));
        assertEquals("1", frames.get(1).parent());
    }

    @Test
    void both_sides_count_their_promises_by_themselves() throws IOException {
        assertEquals(
                List.of(
                        "-> capnweb push 1 on main: callMe [export -1] ([\"export\",-1],5)",
                        "-> capnweb pull 1 callMe",
                        "<- capnweb push 1 on import -1 (5)",
                        "<- capnweb pull 1",
                        "-> capnweb resolve 1 50"),
                decoded(said(GOLDEN.resolve("03-callback.jsonl"))).subList(0, 5));
    }

    @Test
    void a_stream_is_told_as_calls_of_its_pipe() throws IOException {
        assertTrue(decoded(said(GOLDEN.resolve("09-readable-from-server.jsonl")))
                .containsAll(List.of(
                        "<- capnweb pipe 1",
                        "<- capnweb resolve 1 stream [readable 1] [\"readable\",1]",
                        "<- capnweb stream 2 on promise 1: write (\"chunk0\")",
                        "-> capnweb resolve 2 write [\"undefined\"]")));
    }

    @Test
    void a_failure_tells_its_class() {
        assertEquals(
                List.of(
                        "-> capnweb push 1 on main: fail ()",
                        "<- capnweb reject 1 fail = RangeError [\"error\",\"RangeError\",\"inner\"]"),
                decoded(
                        "> [\"push\",[\"pipeline\",0,[\"fail\"],[]]]",
                        "< [\"reject\",1,[\"error\",\"RangeError\",\"inner\"]]"));
    }

    @Test
    void bytes_are_told_by_their_number() {
        assertEquals(
                List.of("-> capnweb push 1 on main: put (<4 bytes>,[<2 bytes>])"),
                decoded("> [\"push\",[\"pipeline\",0,[\"put\"],[[\"bytes\",\"AQID+g\"],[[\"bytes\",\"AQI=\"]]]]]"));
    }

    @Test
    void members_and_headers_that_are_secret_are_left_out() {
        List<String> lines = decoded(
                "> [\"push\",[\"pipeline\",0,[\"enter\"],[{\"user\":\"u\",\"passWord\":\"p1\",\"api_key\":[\"p2\"]},[\"headers\",[[\"cookie\",\"p3\"],[\"x\",\"y\"]]]]]]");
        assertEquals(
                List.of(
                        "-> capnweb push 1 on main: enter ({\"user\":\"u\",\"passWord\":<redacted>,\"api_key\":<redacted>},[\"headers\",[[\"cookie\",<redacted>],[\"x\",\"y\"]]])"),
                lines);
    }

    @Test
    void a_method_that_is_about_secrets_shows_neither_arguments_nor_result() {
        assertEquals(
                List.of(
                        "-> capnweb push 1 on main: authenticate (<redacted>)",
                        "<- capnweb resolve 1 authenticate <redacted>"),
                decoded(
                        "> [\"push\",[\"pipeline\",0,[\"authenticate\"],[\"s3cret\"]]]",
                        "< [\"resolve\",1,\"s3cret too\"]"));
    }

    @Test
    void secrets_are_shown_to_whoever_asks_for_them() {
        decoding = decoding.with(Secrets.SHOWN);
        assertEquals(
                List.of("-> capnweb push 1 on main: authenticate (\"s3cret\")"),
                decoded("> [\"push\",[\"pipeline\",0,[\"authenticate\"],[\"s3cret\"]]]"));
    }

    @Test
    void tokens_of_sessions_that_last_are_left_out() {
        assertEquals(
                List.of(
                        "-> capnweb session resume {\"resume\":\"<redacted>\",\"received\":3}",
                        "<- capnweb session token {\"token\":<redacted>,\"generation\":1}"),
                decoded("> {\"resume\":\"abc\",\"received\":3}", "< {\"token\":\"abc\",\"generation\":1}"));
        assertTrue(frames.stream().allMatch(frame -> frame.standing() == Frame.Standing.CONTROL));
    }

    @Test
    void everything_that_is_told_is_cut_whatever_is_long() {
        String digits = "7".repeat(10_000);
        String text = "x".repeat(10_000);
        decoded(
                "> [\"push\",[\"pipeline\"," + digits + ",[\"" + text + "\",\"" + text + "\"],[[\"export\"," + digits
                        + "]]]]",
                "> [\"push\",[\"pipeline\",[\"" + text + "\"],[{\"" + text + "\":1}," + digits + "],[]]]",
                "> [\"pull\"," + digits + "]",
                "> [\"release\"," + digits + "," + digits + "]",
                "> [\"release\",1,[\"" + text + "\"]]",
                "< [\"reject\"," + digits + ",[\"error\",\"" + text + "\",\"m\"]]",
                "< [\"resolve\",1,[\"export\"," + digits + "]]",
                "> {\"" + text + "\":1}");
        assertEquals(8, frames.size());
        for (Frame each : frames) {
            assertTrue(Heard.line(each).length() < 5 * Limits.DEFAULT.texts(), () -> Heard.line(each));
        }
    }

    @Test
    void whether_a_method_is_about_secrets_is_known_by_all_of_its_name() {
        String deep = "x".repeat(500);
        List<String> lines = decoded(
                "> [\"push\",[\"pipeline\",0,[\"" + deep + "\",\"authenticate\"],[\"s3cret\"]]]",
                "< [\"resolve\",1,\"s3cret too\"]");
        assertTrue(lines.stream().noneMatch(line -> line.contains("s3cret")), lines::toString);
    }

    @Test
    void long_content_is_cut() {
        decoding = decoding.with(Limits.DEFAULT.withTexts(10));
        assertEquals(
                List.of("-> capnweb push 1 on main: say (\"aaaaaaaaa...)"),
                decoded("> [\"push\",[\"pipeline\",0,[\"say\"],[\"" + "a".repeat(1000) + "\"]]]"));
    }

    @Test
    void what_is_no_message_is_told_without_its_content() {
        assertEquals(
                List.of(
                        "-> capnweb undecoded this is not JSON, line: 1, column: 8",
                        "-> capnweb undecoded there is no message of the kind \"nope\"",
                        "-> capnweb undecoded a message is a list that begins with its kind",
                        "-> capnweb undecoded there is nothing where JSON should be",
                        "-> capnweb undecoded something follows the message"),
                decoded("> [\"push\"s3cret", "> [\"nope\"]", "> 5", "> ", "> [\"pull\",1] 2"));
    }

    @Test
    void control_characters_do_not_reach_a_terminal() {
        List<String> lines =
                decoded("> [\"push\",[\"pipeline\",0,[\"\\u001b[31m\"],[\"\\u001b]0;x\\u0007\\n\",\"\\u202e\"]]]");
        assertFalse(
                lines.getFirst().chars().anyMatch(c -> Character.isISOControl(c) || c == '\u202e'), lines::toString);
    }
}
