package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/**
 * A doubly linked list of armed events with a depth-first insertion point.
 *
 * <p>Invariant: {@code depthPoint} is the sentinel or a member of this list; whatever is inserted depth-first goes right behind it and becomes
 * the new point. {@link #poll} puts the point back to the front, so that what an event arms runs before its elder siblings' successors.
 */
final class EventQueue {
    private final Sentinel head;
    private Event depthPoint;
    private int size;

    EventQueue(Loop loop) {
        head = new Sentinel(loop);
        head.prev = head;
        head.next = head;
        depthPoint = head;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void append(Event event) {
        insertAfter(linked(head.prev), event);
    }

    /** Puts {@code event} before all others; for queues that run the latest first. */
    void push(Event event) {
        insertAfter(head, event);
    }

    void insertDepthFirst(Event event) {
        insertAfter(depthPoint, event);
        depthPoint = event;
    }

    @Nullable
    Event poll() {
        depthPoint = head;
        if (size == 0) {
            return null;
        }
        Event first = linked(head.next);
        remove(first);
        return first;
    }

    void remove(Event event) {
        Event before = linked(event.prev);
        Event after = linked(event.next);
        if (event.equals(depthPoint)) {
            depthPoint = before;
        }
        before.next = after;
        after.prev = before;
        event.prev = null;
        event.next = null;
        event.queue = null;
        size--;
    }

    private void insertAfter(Event before, Event event) {
        Event after = linked(before.next);
        event.prev = before;
        event.next = after;
        before.next = event;
        after.prev = event;
        event.queue = this;
        size++;
    }

    private static Event linked(@Nullable Event event) {
        if (event == null) {
            throw new AssertionError("event queue links are broken");
        }
        return event;
    }

    private static final class Sentinel extends Event {
        Sentinel(Loop loop) {
            super(loop);
        }

        @Override
        protected void fire() {
            throw new AssertionError("the sentinel is never armed");
        }
    }
}
