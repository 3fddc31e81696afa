package dev.capstan.cap;

import java.util.List;

/**
 * Told of every session that begins: what metrics, traces and a console stand on. A wire takes one where its sessions are configured.
 *
 * <p>Everything is told on the loop's thread of the session, in the middle of its work: do little, call nothing of the session but what {@link ObservedSession} offers, and give what takes time
 * to another thread. One observer may serve sessions of several loops, and then hears from several threads. What an observer throws is logged and ignored.
 */
@FunctionalInterface
public interface Observer {
    /** Nobody: sessions make nothing for it, and calls cost no more than a test of a field. */
    Observer NONE = new Observers(List.of());

    /** A session has begun; whoever wants to hear no more of it returns {@link SessionWatch#NONE}. */
    SessionWatch began(ObservedSession session);

    /**
     * All of {@code observers}, in this order; {@link #NONE} if there are none. What one of them throws harms neither the others nor whoever tells: a wire wraps the observer that it is given in this,
     * and may then rely on that every call is told one end and every session too, once. Wrapping twice is free.
     */
    static Observer all(Observer... observers) {
        return Observers.of(List.of(observers));
    }
}
