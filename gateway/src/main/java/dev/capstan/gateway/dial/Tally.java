package dev.capstan.gateway.dial;

/** What a statement has cost: calls that left, and how often they had to be waited for, one round trip each. For one thread. */
public final class Tally {
    private int calls;
    private int trips;
    private boolean waits;

    void called() {
        calls++;
        waits = true;
    }

    /** Something was asked for that is no call. */
    void asked() {
        waits = true;
    }

    /** Something is waited for; what left before comes in the same round trip. */
    void waited() {
        if (waits) {
            trips++;
            waits = false;
        }
    }

    /** What there was since the last time, for people; empty if there was nothing. */
    public String take() {
        String told = calls == 0 && trips == 0
                ? ""
                : number(calls, "call") + ", " + (trips == 0 ? "nothing waited for" : number(trips, "round trip"));
        calls = 0;
        trips = 0;
        return told;
    }

    private static String number(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
