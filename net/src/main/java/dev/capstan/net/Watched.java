package dev.capstan.net;

/** A socket of the operating system that the port watches. Belongs to the loop's thread. */
interface Watched {
    /** Told when the socket may be used; called while the loop's port polls, outside any turn. */
    interface Ready {
        /**
         * What the system said: it can be read, it can be written, it is broken or closed by both sides (told whether or not anybody asked).
         */
        void ready(boolean readable, boolean writable, boolean hungUp);

        /** The loop stops: let go of the socket. */
        void loopClosed();
    }

    /** Whom to tell; replaced once the socket is connected. */
    void onReady(Ready ready);

    /** Not to be told of anything any more. */
    void deregister();

    /** Closes the socket; does nothing if that has happened. */
    void dispose();
}
