package dev.capstan.gateway.compile;

import dev.capstan.capnp.StructReader;
import dev.capstan.gateway.options.InputException;
import java.io.IOException;

/** Where messages go, in some format. */
interface MessageSink {
    /** Writes a message with this root. */
    void write(StructReader root) throws IOException, InputException;
}
