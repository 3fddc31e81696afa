package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnweb.Limits;
import dev.capstan.capnweb.LogTap;
import dev.capstan.capnweb.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What listeners that are told, and not waited for, may cost who tells them: bytes that wait, and lines in the log. */
class ToldTest {
    private static final int QUEUED = 10_000;
    private static final String NEWS = "x".repeat(100);

    private final Pair pair = new Pair();
    private final LogTap log = new LogTap("dev.capstan.capnweb.Session");
    private final List<Consumer<String>> listeners = new ArrayList<>();

    @Remote
    interface Board {
        void listen(Consumer<String> listener);

        int count();
    }

    private final class OurBoard implements Board {
        @Override
        public void listen(Consumer<String> listener) {
            listeners.add(Remotes.dup(listener));
        }

        @Override
        public int count() {
            return listeners.size();
        }
    }

    @AfterEach
    void nothing_is_left() {
        log.close();
        listeners.forEach(Remotes::close);
        pair.sim.poll();
        pair.assertNothingIsLeft();
        pair.close();
    }

    private Pair.Lines listening(boolean blocking) {
        Board board = new OurBoard();
        Pair.Lines client = pair.lines(
                blocking
                        ? pair.server.serveBlocking(pair.sim.loop(), board)
                        : pair.server.serve(pair.sim.loop(), board));
        client.say("[\"push\",[\"pipeline\",0,[\"listen\"],[[\"export\",-1]]]]", "[\"release\",1,1]");
        return client;
    }

    /** Tells the newest listener so often, and gives what its client has heard. */
    private List<String> told(Pair.Lines client, int times) {
        for (int i = 0; i < times; i++) {
            listeners.getLast().accept(NEWS);
        }
        return client.say();
    }

    private static long pushes(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("[\"push\",")).count();
    }

    private static void answers(Pair.Lines client, String kind, long from, long to) {
        List<String> all = new ArrayList<>();
        for (long id = from; id <= to; id++) {
            all.add("[\"" + kind + "\"," + id + ",1]");
        }
        client.say(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_listener_that_does_not_read_holds_no_more_bytes_than_the_limit(boolean blocking) {
        pair.options = Options.DEFAULT.withLimits(Limits.DEFAULT.withQueuedBytes(QUEUED));
        Pair.Lines client = listening(blocking);
        client.pause();
        assertEquals(List.of(), told(client, 1_000));
        List<String> late = client.resume();
        int bytes = late.stream().mapToInt(String::length).sum();
        assertTrue(bytes > QUEUED && bytes < QUEUED + 2 * NEWS.length(), bytes + " bytes were held");
        long arrived = pushes(late);
        answers(client, "resolve", 1, arrived);
        assertEquals(1, pushes(told(client, 1)), "who reads again is told again");
        answers(client, "resolve", arrived + 1, arrived + 1);
        List<String> lines = log.lines();
        assertEquals(1, lines.size(), lines.toString());
        client.pause();
        told(client, 1_000);
        pair.sim.advance(Duration.ofSeconds(61));
        told(client, 1);
        lines = log.lines();
        assertEquals(1, lines.size(), lines.toString());
        long again = pushes(client.resume());
        assertTrue(
                lines.getFirst().contains("(and " + (1_000 - arrived - 1 + 1_000 - again) + " more "),
                lines.getFirst());
        answers(client, "resolve", arrived + 2, arrived + 1 + again);
    }

    @Test
    void calls_that_somebody_waits_for_are_made_also_when_more_waits() {
        pair.options = Options.DEFAULT.withLimits(Limits.DEFAULT.withQueuedBytes(QUEUED));
        Pair.Lines client = listening(false);
        client.pause();
        told(client, 1_000);
        Remotes.stub(listeners.getLast()).apply("asked").value().detach(failure -> {});
        List<String> late = client.resume();
        assertTrue(late.stream().anyMatch(line -> line.contains("asked")), late.getLast());
        answers(client, "resolve", 1, pushes(late));
    }

    @Test
    void listeners_that_fail_are_a_line_a_minute_for_each_session() {
        List<Pair.Lines> clients = List.of(listening(false), listening(false));
        for (int round = 0; round < 2; round++) {
            for (Pair.Lines client : clients) {
                listeners.add(listeners.removeFirst());
                told(client, 50);
                answers(client, "reject", 50L * round + 1, 50L * round + 50);
            }
            List<String> lines = log.lines();
            assertEquals(2, lines.size(), lines.toString());
            String left = round == 0 ? "nobody waits, has failed" : "(and 49 more since the last of these lines)";
            assertTrue(lines.stream().allMatch(line -> line.endsWith(left)), lines.toString());
            pair.sim.advance(Duration.ofSeconds(61));
        }
    }
}
