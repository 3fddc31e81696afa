package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import org.jspecify.annotations.Nullable;

/**
 * A value that is not there yet, as a part of another: whoever receives it gets the value.
 *
 * @param cap stands for the value; owned
 */
record PromisedValue(Cap cap) implements Deferred, AutoCloseable {
    PromisedValue share() {
        return new PromisedValue(cap.share());
    }

    /** The value, as its receiver's own. Leaves this open. */
    Promise<Settled> value() {
        return cap.settled().convert(Settled::of);
    }

    /**
     * What something turned out to be.
     *
     * @param value a value, or a {@link Cap} if it is an object; the receiver owns what is in it
     */
    record Settled(@Nullable Object value) implements AutoCloseable {
        /** Takes ownership of {@code cap}. */
        static Settled of(Cap cap) {
            Cap inner = cap.innermost();
            ValueCap known = inner instanceof PipelineCap place ? place.arrived() : null;
            if ((known != null ? known : inner) instanceof ValueCap plain) {
                Settled settled = new Settled(Values.share(plain.value()));
                cap.close();
                return settled;
            }
            return new Settled(cap);
        }

        @Override
        public void close() {
            Values.close(Values.owned(value));
        }
    }

    @Override
    public void close() {
        cap.close();
    }
}
