package dev.capstan.capnp;

import dev.capstan.cap.Format;
import dev.capstan.cap.Payload;

/** Cap'n Proto messages as payloads. */
public final class CapnpFormat implements Format {
    /** The only one. */
    public static final CapnpFormat INSTANCE = new CapnpFormat();

    private CapnpFormat() {}

    /** A message of its own; {@code sizeHint} counts words. */
    @Override
    public Payload allocate(int sizeHint) {
        MessageBuilder message = sizeHint > 0 ? new MessageBuilder(sizeHint + 1) : new MessageBuilder();
        return CapnpPayload.building(message.root(), message.capTable());
    }

    @Override
    public String name() {
        return "Cap'n Proto";
    }
}
