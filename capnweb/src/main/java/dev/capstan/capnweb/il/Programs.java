package dev.capstan.capnweb.il;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;

/**
 * Lets an object answer programs of its peers: {@code $run(program, captures)} runs a {@link Program} beside the object, which saves the peer a round trip for each step that depends on another.
 *
 * <p>This is an ordinary call: it goes over every transport and with every implementation of Cap'n Web, and an object that was not wrapped answers it as any other name that it does not have. Programs
 * can call what they were given and what that gives them, and nothing else; the objects of this process among the captures are called here. What they may cost is bounded by a {@link Budget}. A program
 * cannot run another one.
 */
public final class Programs {
    /** The method that answers. */
    public static final String RUN = "$run";

    private Programs() {}

    /** {@link #answeredBy(Loop, Cap, Budget)} with {@link Budget#DEFAULT}. */
    public static Cap answeredBy(Loop loop, Cap main) {
        return answeredBy(loop, main, Budget.DEFAULT);
    }

    /**
     * {@code main}, which also answers programs: what to offer instead of it, as the main object of a session or anywhere else. All other calls go to {@code main}, in their order.
     *
     * @param loop where {@code main} is used, and programs run
     * @param main owned from now on, until the result is released
     * @param budget of each program; its {@link Budget#programs} counts those of this object
     */
    public static Cap answeredBy(Loop loop, Cap main, Budget budget) {
        return new ProgramsCap(loop, main, budget);
    }
}
