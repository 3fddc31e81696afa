package dev.capstan.gateway.compile;

import dev.capstan.capnp.StructReader;
import dev.capstan.gateway.options.InputException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Messages in some format, one after the other. */
interface MessageSource {
    /**
     * The root of the next message, or null at the end. It is of use until the next call.
     *
     * @throws InputException if the input is not what the format wants
     */
    @Nullable
    StructReader next() throws IOException, InputException;
}
