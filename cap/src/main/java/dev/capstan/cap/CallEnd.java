package dev.capstan.cap;

/**
 * When the callee of a call is through with it: for whoever has passed the call on, and may have given it up before. Run it when the end has come. On the loop's thread.
 */
public final class CallEnd implements Runnable {
    private boolean come;
    private Runnable action = () -> {};

    /** The end has come. Does nothing the second time. */
    @Override
    public void run() {
        if (!come) {
            come = true;
            action.run();
        }
    }

    /** {@code next} runs when the end comes; now, if it has. Called once. */
    public void then(Runnable next) {
        if (come) {
            next.run();
        } else {
            action = next;
        }
    }
}
