/**
 * Cap'n Proto by schemas that are known only at run time: loading and checking them, and reading, writing and calling by them.
 *
 * <p>A {@link dev.capstan.capnp.dynamic.SchemaLoader} makes {@link dev.capstan.capnp.dynamic.Schema}s of nodes, whether they come from a
 * compiler, a peer or generated classes. A {@link dev.capstan.capnp.dynamic.StructSchema} makes readers and builders whose fields go by
 * name, in messages like any other; what they hand out is a {@link dev.capstan.capnp.dynamic.DynamicValue}, to be taken apart by a
 * {@code switch}.
 *
 * <p>What a codec for another format needs beside values is here, too. Order: {@link
 * dev.capstan.capnp.dynamic.StructSchema#fieldsInCodeOrder} is the order of the text, {@code fields} that of ordinals. What to leave out: {@code
 * Reader.has} tells whether a pointer is null, {@code hasNonDefault} whether anything need be written, {@code which} the one member of the
 * union. What to fall back on: {@code Field.defaultValue}. How a member wants to be written: {@code annotation(id)} of schemas, fields,
 * enumerants and methods; the declarations of annotations come along with whatever uses them. What to expect when reading: {@code
 * Field.type}, and {@code Builder.set} converts and says which value did not fit where.
 *
 * <p>Start at {@link dev.capstan.capnp.dynamic.SchemaLoader}, {@link dev.capstan.capnp.dynamic.DynamicStruct} and {@link
 * dev.capstan.capnp.dynamic.DynamicCapability}.
 */
@NullMarked
package dev.capstan.capnp.dynamic;

import org.jspecify.annotations.NullMarked;
