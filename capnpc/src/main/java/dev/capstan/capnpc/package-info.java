/**
 * The Java code generator for Cap'n Proto schemas. It takes what the {@code capnp} compiler hands to a plugin and writes one Java file for
 * each top-level declaration. It keeps no state between runs, and the same request always gives the same files.
 *
 * <p>Start at {@link dev.capstan.capnpc.JavaGenerator}; {@code Names} and {@code Declarations} decide what things are called in Java,
 * {@code StructWriter} and {@code InterfaceWriter} show what is written for them.
 */
@NullMarked
package dev.capstan.capnpc;

import org.jspecify.annotations.NullMarked;
