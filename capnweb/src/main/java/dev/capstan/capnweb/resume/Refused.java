package dev.capstan.capnweb.resume;

import java.io.IOException;

/** A session ends because one side does not go on with it. It is the cause of the failure that calls of that session end with. */
public final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final Refusal refusal;

    Refused(Refusal refusal, String message) {
        super(message);
        this.refusal = refusal;
    }

    /** What a server has told a client. */
    static Refused told(String word, String reason) {
        return new Refused(
                Refusal.of(word).orElse(Refusal.PROTOCOL),
                "the server does not go on with the session (" + word + "): " + reason);
    }

    /** What one side tells the other. */
    static Refused mistake(ControlCodec.Mistake mistake) {
        return new Refused(Refusal.PROTOCOL, "the peer makes no sense: " + mistake.getMessage());
    }

    /** Why, for programs. */
    public Refusal refusal() {
        return refusal;
    }
}
