/**
 * The compiler for {@code .capnp} files: resolves names, lays structs out, evaluates values, and tells the result as a
 * {@code CodeGeneratorRequest}.
 *
 * <p>Start at {@link dev.capstan.capnpc.compile.Compiler}; inside, at {@code Node}, which says in which steps a declaration is understood,
 * {@code Layout} for where fields go, and {@code Bindings} for generics.
 */
@NullMarked
package dev.capstan.capnpc.compile;

import org.jspecify.annotations.NullMarked;
