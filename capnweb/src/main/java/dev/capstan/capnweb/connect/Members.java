package dev.capstan.capnweb.connect;

import dev.capstan.async.Backoff;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.WebPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a pool, oldest first. On the loop's thread.
 *
 * <p>After a connection was lost or could not be made, none is begun for the delay of the back-off; {@code pause} is set then. When no attempt is left, who waits is told why, and the next
 * call begins anew.
 */
final class Members {
    private final Loop loop;
    private final Connector connector;
    private final PoolSettings settings;
    private final RandomGenerator random;
    private final WaitingRoom room;
    private final Set<Member> members = new LinkedHashSet<>();
    private Backoff.Series delays;
    private Promise.@Nullable Cancelable pause;
    private @Nullable Failure over;
    private boolean lettingGo;

    Members(Loop loop, Connector connector, PoolSettings settings, RandomGenerator random) {
        this.loop = loop;
        this.connector = connector;
        this.settings = settings;
        this.random = random;
        this.room = new WaitingRoom(loop, settings.client().waiting());
        this.delays = settings.client().backoff().series(random);
    }

    WaitingRoom room() {
        return room;
    }

    @Nullable
    Failure over() {
        return over;
    }

    int ready() {
        return (int) members.stream().filter(member -> member.peer() != null).count();
    }

    // ---- choosing

    /** The one on which one of {@code caps} lives; null if none does. */
    @Nullable
    Member holding(List<Cap> caps) {
        for (Cap cap : caps) {
            Object brand = cap.innermost().brand();
            for (Member member : members) {
                if (brand == member.peer()) {
                    return member;
                }
            }
        }
        return null;
    }

    /** The one with the fewest calls outstanding that has room for one more; null if the call has to wait, at least behind others. */
    @Nullable
    Member free() {
        return room.isEmpty() || lettingGo ? least(settings.callsEach()) : null;
    }

    private @Nullable Member least(int room) {
        Member best = null;
        for (Member member : List.copyOf(members)) {
            if (member.peer() != null
                    && member.awaited() < room
                    && (best == null || member.outstanding() < best.outstanding())) {
                best = member;
            }
        }
        return best;
    }

    /** One for somebody who stays with it: however busy, since it is not for one call. */
    Promise<Cap> lease() {
        Member member = least(Integer.MAX_VALUE);
        Cap main = member == null ? null : member.main();
        if (member != null && main != null) {
            return Promise.of(member.lease(main));
        }
        if (over != null) {
            return Promise.failed(over);
        }
        Promise<Void> turn = room.turn();
        fill();
        return turn.then(now -> lease());
    }

    // ---- growing and shrinking

    /** Begins connections as far as they are needed and may be. */
    void fill() {
        while (over == null && pause == null && members.size() < settings.max() && isShort()) {
            Member[] member = new Member[1];
            member[0] = new Member(
                    loop,
                    connector,
                    settings.client(),
                    settings.client().backoff().withAttempts(0).series(random),
                    state -> changed(member[0], state),
                    this::letGo);
            members.add(member[0]);
            member[0].begin();
        }
    }

    private boolean isShort() {
        long expected = members.stream().filter(Member::isConnecting).count() * settings.callsEach();
        return members.size() < settings.min() || room.size() > expected;
    }

    private void changed(Member member, ConnectionState state) {
        switch (state) {
            case ConnectionState.Ready ready -> {
                room.because(null);
                member.watchIdle(settings.idle(), () -> {
                    if (members.size() > settings.min()) {
                        members.remove(member);
                        member.close(Failure.disconnected("the connection was not used"));
                    }
                });
                letGo();
            }
            case ConnectionState.Closed closed -> {
                if (members.remove(member) && over == null) {
                    lost(member, closed.cause());
                }
            }
            case ConnectionState.Connecting connecting -> {}
            case ConnectionState.Waiting waiting -> {}
        }
    }

    private void lost(Member member, Failure cause) {
        if (member.wasReady()) {
            delays.lasted(member.age());
        }
        room.because(cause);
        if (pause != null) {
            return;
        }
        Optional<Duration> delay = delays.failed();
        if (delay.isEmpty()) {
            delays = settings.client().backoff().series(random);
            room.refuseAll(cause);
            return;
        }
        pause = loop.timer().after(delay.get()).listen(loop, (rung, failure) -> {
            pause = null;
            fill();
        });
    }

    private void letGo() {
        if (!lettingGo) {
            lettingGo = true;
            try {
                room.letGo(() -> least(settings.callsEach()) != null);
            } finally {
                lettingGo = false;
            }
            fill();
        }
    }

    // ---- the end

    Promise<Integer> drain(Duration longest) {
        if (over != null) {
            return Promise.of(0);
        }
        Failure why = Failure.disconnected("the pool is drained: it takes no more calls");
        stop(why);
        List<Promise<Integer>> all = new ArrayList<>();
        for (Member member : List.copyOf(members)) {
            WebPeer peer = member.peer();
            if (peer == null) {
                member.close(why);
            } else {
                all.add(peer.drain(longest));
            }
        }
        return Promise.all(all)
                .convert(cut -> cut.stream().mapToInt(Integer::intValue).sum())
                .eager();
    }

    void end(Failure why) {
        stop(why);
        List.copyOf(members).forEach(member -> member.close(why));
    }

    private void stop(Failure why) {
        if (over == null) {
            over = why;
        }
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
        room.refuseAll(why);
    }
}
