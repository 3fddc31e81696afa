package dev.capstan.capnweb.connect;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A reference to an object that each connection offers anew: its main object, or what a recipe makes of that.
 *
 * <p>It stands for the object of the connection that is there; without one, calls wait. So its resolution is for the moment, unlike that of other references: what is
 * encoded or mapped now goes the direct way, and what is called later goes where the object is then.
 *
 * <p>A recipe runs when the first call needs it on a connection. If what it made breaks, which is asked of the peer, it runs again for the next call.
 */
final class HealingCap extends CountedCap {
    private static final Object BRAND = new Object();

    private final Loop home;
    private final Connected connected;
    private final @Nullable Function<? super Stub, Stub> recipe;
    private @Nullable Cap made;
    private Promise.Cancelable watching = () -> {};

    /** Where connections come from. */
    interface Connected {
        /** The main object of the connection that is there; borrowed, null if there is none. */
        @Nullable
        Cap main();

        /** The main object of a connection that is not confirmed, for calls that {@link HealingCap#mayGoEarly may go early}; borrowed, null if there is none. */
        @Nullable
        Cap early();

        /** Why there will be none any more; null if there may be. */
        @Nullable
        Failure over();

        /** Where calls wait for one. */
        WaitingRoom room();

        /** {@code cap} holds something of this connection: it is to hear {@link HealingCap#lost}. */
        void uses(HealingCap cap);

        /** It holds nothing any more. */
        void usesNothing(HealingCap cap);
    }

    /** {@code recipe} makes the object from the main one; null for that itself. */
    HealingCap(Loop loop, Connected connected, @Nullable Function<? super Stub, Stub> recipe) {
        super(loop);
        this.home = loop;
        this.connected = connected;
        this.recipe = recipe;
    }

    /** The object that this leads to now; borrowed, null without a connection. */
    private @Nullable Cap target() {
        Cap main = connected.main();
        if (main != null && made == null) {
            Cap fresh = recipe == null ? main.share() : make(main, recipe);
            made = fresh;
            connected.uses(this);
            if (recipe != null) {
                watch(fresh);
            }
        }
        return made;
    }

    private Cap make(Cap main, Function<? super Stub, Stub> how) {
        try (Stub root = Stub.of(home, main.share());
                Stub result = how.apply(root)) {
            return result.cap().share();
        } catch (RuntimeException e) {
            return new BrokenCap(Failure.of(e));
        }
    }

    /** Asks for what the recipe has made: whether it succeeded is to be known before somebody relies on it once more. */
    private void watch(Cap fresh) {
        watching = fresh.settled().listen(home, (known, failure) -> {
            if (known != null) {
                known.close();
            } else if (made == fresh) {
                lost();
            }
        });
    }

    /** The connection is gone, or what was made on it is broken. */
    void lost() {
        Cap gone = made;
        made = null;
        watching.cancel();
        if (gone != null) {
            connected.usesNothing(this);
            gone.close();
        }
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        Failure over = connected.over();
        if (over != null) {
            call.close();
            return Answer.broken(over);
        }
        Cap target = target();
        if (target != null) {
            return target.call(call);
        }
        Cap early = mayGoEarly(call) && !connected.room().holdsFor(this) ? connected.early() : null;
        return early != null ? early.call(call) : connected.room().call(this, call);
    }

    /**
     * Whether {@code call} can be made on a connection that is not confirmed: it may be repeated, nothing is called on its result before that is there, and it is one message of plain
     * data. What is called on a result may be anything, and would leave with it. A recipe is not asked to be such that a stranger may repeat it.
     */
    boolean mayGoEarly(Call call) {
        return recipe == null
                && call.hints().repeatable()
                && call.hints().noPipelining()
                && WebPayload.of(call.params()).isPlain();
    }

    @Override
    public Promise<Void> stream(Call call) {
        Cap target = connected.over() == null ? target() : null;
        return target != null ? target.stream(call) : super.stream(call);
    }

    @Override
    public @Nullable Cap resolved() {
        return recipe == null ? target() : made;
    }

    /** Settles when there is a connection. */
    @Override
    public @Nullable Promise<Cap> resolution() {
        Cap target = target();
        if (target != null) {
            return Promise.of(target.share());
        }
        Failure over = connected.over();
        if (over != null) {
            return Promise.failed(over);
        }
        share();
        return connected
                .room()
                .turn()
                .convert(turn -> {
                    Cap known = target();
                    return known != null
                            ? known.share()
                            : new BrokenCap(Failure.disconnected("the connection is lost"));
                })
                .attach(this);
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        lost();
    }

    @Override
    public String toString() {
        return (recipe == null ? "the main object" : "an object") + " of each connection";
    }
}
