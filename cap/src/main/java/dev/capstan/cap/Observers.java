package dev.capstan.cap;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Several observers as one, none of which can harm another or who tells them. Whatever they make is told one end, once. */
record Observers(List<Observer> each) implements Observer {
    private static final Logger LOG = System.getLogger(Observer.class.getName());

    static Observer of(List<Observer> observers) {
        List<Observer> flat = new ArrayList<>();
        for (Observer observer : observers) {
            if (observer instanceof Observers several) {
                flat.addAll(several.each);
            } else {
                flat.add(observer);
            }
        }
        return flat.isEmpty() ? NONE : new Observers(List.copyOf(flat));
    }

    @Override
    public SessionWatch began(ObservedSession session) {
        List<SessionWatch> watches = made(each, observer -> observer.began(session), SessionWatch.NONE);
        return watches.isEmpty() ? SessionWatch.NONE : new Session(watches);
    }

    /** What each makes, but for those that make nothing. */
    private static <F, T> List<T> made(List<F> from, Function<F, ? extends @Nullable T> make, @Nullable T nothing) {
        List<T> all = new ArrayList<>(from.size());
        for (F one : from) {
            try {
                @Nullable T watch = make.apply(one);
                if (watch != null && watch != nothing) {
                    all.add(watch);
                }
            } catch (RuntimeException | Error e) {
                ignored(e);
            }
        }
        return all;
    }

    private static <F> CallWatch.Running entered(List<F> each, Function<F, CallWatch.Running> enter) {
        List<CallWatch.Running> all = made(each, enter, CallWatch.Running.NOTHING);
        return all.isEmpty() ? CallWatch.Running.NOTHING : () -> tell(all.reversed(), CallWatch.Running::close);
    }

    private static <T> void tell(List<T> all, Consumer<T> what) {
        for (T one : all) {
            try {
                what.accept(one);
            } catch (RuntimeException | Error e) {
                ignored(e);
            }
        }
    }

    private static void ignored(Throwable e) {
        LOG.log(Level.ERROR, "an observer threw, which is ignored: what it shows may be wrong from now on", e);
    }

    private static final class Session implements SessionWatch {
        private final List<SessionWatch> each;
        private boolean over;

        Session(List<SessionWatch> each) {
            this.each = each;
        }

        @Override
        public CallWatch began(ObservedCall call) {
            List<CallWatch> watches = made(each, watch -> watch.began(call), CallWatch.NONE);
            return watches.isEmpty() ? CallWatch.NONE : new OneCall(watches);
        }

        @Override
        public void ended(Failure cause) {
            if (!over) {
                over = true;
                tell(each, watch -> watch.ended(cause));
            }
        }

        @Override
        public @Nullable Supplier<CallWatch.Running> around() {
            List<Supplier<CallWatch.Running>> all = made(each, SessionWatch::around, null);
            return all.isEmpty() ? null : () -> entered(all, Supplier::get);
        }

        @Override
        public boolean carries() {
            return made(each, SessionWatch::carries, false).contains(true);
        }
    }

    private static final class OneCall implements CallWatch {
        private final List<CallWatch> each;
        private boolean over;

        OneCall(List<CallWatch> each) {
            this.each = each;
        }

        @Override
        public void ended(@Nullable Failure failure, long bytes) {
            if (!over) {
                over = true;
                tell(each, watch -> watch.ended(failure, bytes));
            }
        }

        @Override
        public void cancelled() {
            if (!over) {
                over = true;
                tell(each, CallWatch::cancelled);
            }
        }

        /** The first that has something. */
        @Override
        public @Nullable String carried() {
            for (CallWatch watch : each) {
                try {
                    String text = ObservedCall.carried(watch.carried());
                    if (text != null) {
                        return text;
                    }
                } catch (RuntimeException | Error e) {
                    ignored(e);
                }
            }
            return null;
        }

        @Override
        public Running running() {
            return entered(each, CallWatch::running);
        }
    }
}
