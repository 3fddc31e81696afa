package dev.capstan.capnweb;

import dev.capstan.cap.Failure;

/** Ends what carried a session, after the session's last message. */
@FunctionalInterface
interface Ending {
    /** Whose doing it is that a session ends. */
    enum By {
        /** Our side is done with it. */
        OWNER,
        /** Our side goes away, and has let finish what it could. */
        LEAVING,
        /** The peer has aborted it, or is gone. */
        PEER,
        /** The peer has said what cannot be understood. */
        MISTAKE,
        /** Something is wrong here. */
        BUG
    }

    /** The session is over, its tables are empty, and nothing will be sent any more. */
    void ended(Failure cause, By by);
}
