/**
 * From bytes to a tree of declarations, without knowing what any name means. Lexing makes statements of tokens with their brackets
 * matched, parsing makes declarations of statements; both go on after a mistake, at the next statement or list item.
 *
 * <p>Start at {@link dev.capstan.capnpc.syntax.Parser} and {@link dev.capstan.capnpc.syntax.Declaration}.
 */
@NullMarked
package dev.capstan.capnpc.syntax;

import org.jspecify.annotations.NullMarked;
