package dev.capstan.capnp.json;

import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.schema.Value;
import org.jspecify.annotations.Nullable;

/**
 * Another form in JSON for a type or a field than the usual one. Capabilities and pointers of unknown type have no usual one, so they need a
 * handler. See {@link JsonCodec.Builder#handler(Type, JsonHandler)}.
 *
 * <p>Handlers see JSON as a struct, and use the codec for what is within their value. They are called by whichever threads use the codec. An
 * {@link IllegalArgumentException} out of {@code decode} says what is wrong with the input; the codec adds where it stands.
 */
public sealed interface JsonHandler {
    /** For values of all types but structs, which it may also be used for. */
    non-sealed interface OfValue extends JsonHandler {
        /**
         * Writes {@code value}.
         *
         * @param output null so far; set it to what is to be written
         */
        void encode(JsonCodec codec, DynamicValue value, Value.Builder output);

        /**
         * What {@code input} stands for.
         *
         * @param type the type of the field or element
         * @return anything that {@link DynamicStruct.Builder#set(String, Object)} takes for the type. Capabilities stay with the
         *     handler; null, for types behind a pointer, is a null pointer
         */
        @Nullable
        Object decode(JsonCodec codec, Value.Reader input, Type type);
    }

    /** For structs and groups. */
    non-sealed interface OfStruct extends JsonHandler {
        /**
         * Writes {@code value}.
         *
         * @param output null so far; set it to what is to be written
         */
        void encode(JsonCodec codec, DynamicStruct.Reader value, Value.Builder output);

        /** Reads {@code input}, which is not null where the struct lies behind a pointer, into a new struct. */
        void decode(JsonCodec codec, Value.Reader input, DynamicStruct.Builder output);
    }
}
