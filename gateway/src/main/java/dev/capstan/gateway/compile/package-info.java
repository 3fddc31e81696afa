/** The compiler's verbs: schemas and messages in files. Start at {@link dev.capstan.gateway.compile.CompileCommand}. */
@NullMarked
package dev.capstan.gateway.compile;

import org.jspecify.annotations.NullMarked;
