/**
 * Cap'n Proto by schemas that are known only at run time: loading and checking them, and reading, writing and calling by them.
 *
 * <p>A {@link dev.capstan.capnp.dynamic.SchemaLoader} makes {@link dev.capstan.capnp.dynamic.Schema}s of nodes, whether they come from a
 * compiler, a peer or generated classes. A {@link dev.capstan.capnp.dynamic.StructSchema} makes readers and builders whose fields go by
 * name, in messages like any other; what they hand out is a {@link dev.capstan.capnp.dynamic.DynamicValue}, to be taken apart by a
 * {@code switch}.
 *
 * <p>Start at {@link dev.capstan.capnp.dynamic.SchemaLoader}, {@link dev.capstan.capnp.dynamic.DynamicStruct} and {@link
 * dev.capstan.capnp.dynamic.DynamicCapability}.
 */
@NullMarked
package dev.capstan.capnp.dynamic;

import org.jspecify.annotations.NullMarked;
