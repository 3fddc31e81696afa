/**
 * Cap'n Proto values as JSON.
 *
 * <p>{@link dev.capstan.capnp.json.JsonCodec} turns values of generated or dynamic types into JSON and back, by their schemas. It is a module of
 * its own because it reads text with Jackson's tokenizer, which users of {@code capnp} alone need not carry along. JSON that is to be held in
 * messages has the type {@link dev.capstan.capnp.json.schema.Value}, which also is what a {@link dev.capstan.capnp.json.JsonHandler} sees.
 *
 * <p>Start at {@link dev.capstan.capnp.json.JsonCodec}.
 */
@NullMarked
package dev.capstan.capnp.json;

import org.jspecify.annotations.NullMarked;
