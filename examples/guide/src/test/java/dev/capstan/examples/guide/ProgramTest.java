package dev.capstan.examples.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.capnweb.il.Expr;
import dev.capstan.capnweb.il.Program;
import dev.capstan.capnweb.il.Programs;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program of docs/il.md. */
class ProgramTest {
    @Remote
    interface Api {
        User authenticate(String token);
    }

    @Remote
    interface User {
        List<Message> messages();
    }

    record Message(String subject, boolean read) {}

    private final SimLoop sim = new SimLoop();

    private Object news(String token) {
        User ann = () -> List.of(new Message("old", true), new Message("new", false));
        User bob = List::of;
        Api served = name -> name.equals("ann") ? ann : bob;
        Cap main = Programs.answeredBy(
                sim.loop(), Binder.of(MethodHandles.lookup()).serve(sim.loop(), served));
        WebPeer.Pair pair = WebPeer.pair(sim.loop(), null, main, Options.DEFAULT);
        try (Stub api = Stub.of(sim.loop(), pair.left().main())) {
            // snippet program
            Program program = Program.of(p -> {
                Expr user = p.use(api).call("authenticate", token);
                Expr unread = p.each(user.call("messages"), m -> m.get("read").not(), m -> m.get("subject"));
                return p.when(unread.size().is(0), () -> "nothing new", () -> unread);
            });
            Object news = program.on(api).value().await();
            // end snippet
            return news;
        } finally {
            pair.left().close();
        }
    }

    @Test
    void a_program_decides_where_the_objects_are() {
        assertEquals(List.of("new"), news("ann"));
        assertEquals("nothing new", news("bob"));
    }
}
