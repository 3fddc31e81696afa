package dev.capstan.examples.chat;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.bind.Remotes;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The chat as plain objects, used on the loop's thread alone. An object that nobody holds any more is closed: by who had it, or because its session has ended, so a member that is gone
 * leaves no trace in rooms.
 */
final class Hall implements Lobby {
    private static final int LONGEST_NAME = 24;
    private static final int LONGEST_TEXT = 2000;
    private static final int MOST_ROOMS = 100;
    private static final int MOST_SEATS = 200;
    private static final int KEPT_MESSAGES = 50;

    private final Clock clock;
    private final Map<String, Hosted> rooms = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<Guest> guests = new LinkedHashSet<>();

    Hall(Clock clock, List<String> rooms) {
        this.clock = clock;
        rooms.forEach(this::room);
    }

    @Override
    public Member enter(String name) {
        String own = checked("a name", name, LONGEST_NAME);
        if (!names.add(own)) {
            throw Failure.failed("somebody is called " + own + " already");
        }
        Guest guest = new Guest(own);
        guests.add(guest);
        return guest;
    }

    private static String checked(String what, String text, int longest) {
        String checked = text.strip();
        if (checked.isEmpty() || checked.length() > longest) {
            throw Failure.failed(what + " has 1 to " + longest + " characters");
        }
        return checked;
    }

    private Hosted room(String name) {
        Hosted known = rooms.get(name);
        if (known != null) {
            return known;
        }
        if (rooms.size() == MOST_ROOMS) {
            throw Failure.failed("there are " + MOST_ROOMS + " rooms already");
        }
        Hosted made = new Hosted();
        rooms.put(name, made);
        return made;
    }

    private List<RoomInfo> infos() {
        List<RoomInfo> infos = new ArrayList<>();
        rooms.forEach((name, room) -> infos.add(new RoomInfo(name, room.seats.size())));
        return infos;
    }

    private void changed() {
        List<RoomInfo> infos = infos();
        List.copyOf(guests).forEach(guest -> guest.tell(infos));
    }

    /** Who has a name. */
    private final class Guest implements Member {
        private final String name;
        private final List<Consumer<List<RoomInfo>>> listeners = new ArrayList<>(1);

        Guest(String name) {
            this.name = name;
        }

        // snippet callback
        @Override
        public void watchRooms(Consumer<List<RoomInfo>> listener) {
            // An argument is closed when the method is through: what is called later is a reference of our own.
            listeners.add(Remotes.dup(listener));
            listener.accept(infos());
        }

        // end snippet

        void tell(List<RoomInfo> infos) {
            listeners.forEach(each -> each.accept(infos));
        }

        @Override
        public Room join(String room, Screen screen) {
            Hosted hosted = room(checked("a room's name", room, LONGEST_NAME));
            if (hosted.seats.size() == MOST_SEATS) {
                throw Failure.failed("the room is full");
            }
            Seat seat = new Seat(hosted, name, Remotes.dup(screen));
            hosted.seats.add(seat);
            hosted.messages.forEach(seat.screen::message);
            hosted.tellPresent();
            changed();
            return seat;
        }

        @Override
        public void close() {
            names.remove(name);
            guests.remove(this);
            listeners.forEach(Remotes::close);
        }
    }

    /** A room, of which each member that has joined it holds a {@link Seat}. */
    private static final class Hosted {
        private final Set<Seat> seats = new LinkedHashSet<>();
        private final ArrayDeque<Message> messages = new ArrayDeque<>();

        void tell(Message message) {
            if (messages.size() == KEPT_MESSAGES) {
                messages.removeFirst();
            }
            messages.addLast(message);
            List.copyOf(seats).forEach(seat -> seat.screen.message(message));
        }

        void tellPresent() {
            List<String> present =
                    seats.stream().map(seat -> seat.name).distinct().toList();
            List.copyOf(seats).forEach(seat -> seat.screen.present(present));
        }
    }

    private final class Seat implements Room {
        private final Hosted room;
        private final String name;
        private final Screen screen;

        Seat(Hosted room, String name, Screen screen) {
            this.room = room;
            this.name = name;
            this.screen = screen;
        }

        @Override
        public void say(String text) {
            room.tell(new Message(name, checked("a message", text, LONGEST_TEXT), clock.instant()));
        }

        @Override
        public void close() {
            room.seats.remove(this);
            Remotes.close(screen);
            room.tellPresent();
            changed();
        }
    }
}
