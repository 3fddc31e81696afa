package dev.capstan.testkit;

import dev.capstan.cap.CallWatch;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedCall;
import dev.capstan.cap.ObservedSession;
import dev.capstan.cap.Observer;
import dev.capstan.cap.SessionWatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An observer that writes down what it is told, a line each, and checks that each call ends once, before its session does. */
public final class Recorder implements Observer {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final List<ObservedSession> sessions = Collections.synchronizedList(new ArrayList<>());
    private final @Nullable String carried;

    /** One that lets nothing travel. */
    public Recorder() {
        this(null);
    }

    /** One whose outgoing calls carry {@code carried}; null for nothing. */
    public Recorder(@Nullable String carried) {
        this.carried = carried;
    }

    /** What was told, the first first. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** The sessions that have begun, the first first. */
    public List<ObservedSession> sessions() {
        return List.copyOf(sessions);
    }

    @Override
    public SessionWatch began(ObservedSession session) {
        sessions.add(session);
        lines.add("session " + session.wire());
        return new OfSession();
    }

    private final class OfSession implements SessionWatch {
        private int open;

        @Override
        public CallWatch began(ObservedCall call) {
            String name = call.direction().name().toLowerCase(java.util.Locale.ROOT) + " " + call.id();
            lines.add(name
                    + (call.parent() < 0 ? "" : " on " + call.parent())
                    + " " + call.method()
                    + (call.carried() == null ? "" : " with " + call.carried())
                    + (call.bytes() > 0 ? "" : " without bytes"));
            open++;
            return new CallWatch() {
                private boolean over;

                @Override
                public void ended(@Nullable Failure failure, long bytes) {
                    end(name + (failure == null ? " ok" : " failed: " + failure.reason())
                            + (bytes > 0 ? "" : ", no message"));
                }

                @Override
                public void cancelled() {
                    end(name + " cancelled");
                }

                private void end(String line) {
                    if (over) {
                        throw new AssertionError("a second end of " + line);
                    }
                    over = true;
                    open--;
                    lines.add(line);
                }

                @Override
                public @Nullable String carried() {
                    return carried;
                }
            };
        }

        @Override
        public void ended(Failure cause) {
            lines.add("over: " + cause.kind() + (open == 0 ? "" : ", with " + open + " calls open"));
        }

        @Override
        public boolean carries() {
            return carried != null;
        }
    }
}
