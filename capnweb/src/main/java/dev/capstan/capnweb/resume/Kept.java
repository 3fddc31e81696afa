package dev.capstan.capnweb.resume;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** Messages that were sent and that the peer has not acknowledged, numbered from 0 on. What is in here is {@code [first, next)}. */
final class Kept {
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private final Budget budget;
    private long acknowledged;
    private long first;
    private long bytes;

    /** How many bytes all of them hold. On one loop. */
    static final class Budget {
        private final long most;
        private long used;

        Budget(long most) {
            this.most = most;
        }

        boolean isOver() {
            return used > most;
        }

        long used() {
            return used;
        }
    }

    Kept(Budget budget) {
        this.budget = budget;
    }

    /** How many the peer is known to have. */
    long acknowledged() {
        return acknowledged;
    }

    /** The number that the next message will have, which is how many there were. */
    long next() {
        return first + messages.size();
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    void add(byte[] message) {
        messages.add(message);
        bytes += message.length;
        budget.used += message.length;
    }

    /** Whether the peer can have {@code count} messages and all after them are here. */
    boolean reaches(long count) {
        return count >= first && mayHave(count);
    }

    /** Whether the peer can have {@code count} messages: not fewer than it has said before, and not more than there were. */
    boolean mayHave(long count) {
        return count >= acknowledged && count <= next();
    }

    /** The peer has {@code count} messages, which it {@linkplain #mayHave may}. */
    void acknowledge(long count) {
        acknowledged = count;
        while (first < count) {
            forgetOldest();
        }
    }

    /** It cannot be sent again. */
    void forgetOldest() {
        byte[] oldest = messages.remove();
        first++;
        bytes -= oldest.length;
        budget.used -= oldest.length;
    }

    void clear() {
        while (!messages.isEmpty()) {
            forgetOldest();
        }
    }

    void forEach(Consumer<byte[]> action) {
        messages.forEach(action);
    }
}
