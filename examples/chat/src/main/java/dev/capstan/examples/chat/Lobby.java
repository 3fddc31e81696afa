package dev.capstan.examples.chat;

import dev.capstan.capnweb.bind.Remote;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** What everybody may call who connects: take a name. All else is reached from what that returns. */
// snippet lobby
@Remote
public interface Lobby {
    /** Fails if somebody has the name. It is free again when the member is closed, as it is when its session ends. */
    Member enter(String name);

    @Remote
    interface Member extends AutoCloseable {
        /** Calls {@code listener} now and whenever something changes, as long as the member is there. */
        void watchRooms(Consumer<List<RoomInfo>> listener);

        /** Whoever has joined a room holds it, and nobody else can say anything there. {@code screen} is told what happens, beginning with the last messages. */
        Room join(String room, Screen screen);

        @Override
        void close();
    }

    @Remote
    interface Room extends AutoCloseable {
        void say(String text);

        /** Leaves. */
        @Override
        void close();
    }

    /** What a member passes: an object of the page, or of the terminal, which the server calls. */
    @Remote
    interface Screen {
        void message(Message message);

        void present(List<String> names);
    }

    record Message(String from, String text, Instant at) {}

    record RoomInfo(String name, int present) {}
}
// end snippet
