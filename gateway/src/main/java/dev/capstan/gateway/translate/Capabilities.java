package dev.capstan.gateway.translate;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import org.jspecify.annotations.Nullable;

/** What becomes of the capabilities in values that are translated. */
interface Capabilities {
    /**
     * What a Cap'n Proto capability is to Cap'n Web: a {@link Cap} or a stream, which the caller owns, or null.
     *
     * @param schema null if it is not known
     * @param object its ownership is taken, always
     * @param at where it lies in the results of a call; null if that is not known
     */
    @Nullable
    Object toWeb(@Nullable InterfaceSchema schema, Cap object, Path.@Nullable Pointers at);

    /**
     * What something that can be called over Cap'n Web is to Cap'n Proto; the caller owns it. Null if it cannot be called.
     *
     * @param schema null if it is not known
     * @param value borrowed
     * @param at where it lies
     */
    @Nullable
    Cap toCapnp(@Nullable InterfaceSchema schema, Object value, Place at);
}
