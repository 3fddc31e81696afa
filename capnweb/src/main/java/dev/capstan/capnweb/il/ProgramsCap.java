package dev.capstan.capnweb.il;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.capnweb.WebFormat;
import org.jspecify.annotations.Nullable;

/** An object that also answers programs. */
final class ProgramsCap extends CountedCap {
    private static final Object BRAND = new Object();
    private static final Path.Names RUN = Path.Names.of(Programs.RUN);

    private final Cap main;
    private final LocalCap runner;

    /** Takes ownership of {@code main}. */
    ProgramsCap(Loop loop, Cap main, Budget budget) {
        super(loop);
        this.main = main;
        this.runner = new LocalCap(loop, new Runner(budget));
    }

    private static boolean isRun(Call call) {
        return call.method() instanceof Method.Member(Path.Names path, boolean reads) && !reads && path.equals(RUN);
    }

    @Override
    public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
        return Request.of(this, method, WebFormat.INSTANCE, sizeHint, hints);
    }

    @Override
    public Answer call(Call call) {
        if (!isRun(call)) {
            return main.call(call);
        }
        if (!Calls.isMaking()) {
            return runner.call(call);
        }
        // Each would have a budget of its own, and one that runs itself would never end.
        call.close();
        return Answer.broken(Failure.failed("a program cannot run programs: put all of it into one"));
    }

    @Override
    public Promise<Void> stream(Call call) {
        return isRun(call) ? super.stream(call) : main.stream(call);
    }

    @Override
    public @Nullable Cap resolved() {
        return null;
    }

    @Override
    public @Nullable Promise<Cap> resolution() {
        return null;
    }

    @Override
    public Object brand() {
        return BRAND;
    }

    @Override
    protected void released() {
        main.close();
        runner.close();
    }

    @Override
    public String toString() {
        return main + ", which answers programs";
    }
}
