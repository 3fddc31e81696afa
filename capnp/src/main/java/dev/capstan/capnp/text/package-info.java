/**
 * Messages as text, in the notation that the schema language has for values: {@code (name = "x", list = [1, 2])}. The format is that of the
 * C++ implementation and its {@code capnp convert}, for people, configuration files and tests.
 *
 * <p>Both directions work by schema, so for dynamic values as well as for generated classes. What is read may come from anybody: {@link
 * dev.capstan.capnp.text.Limits} bound it, and what is wrong with it is told by line and column.
 *
 * <p>Start at {@link dev.capstan.capnp.text.TextForm}.
 */
@NullMarked
package dev.capstan.capnp.text;

import org.jspecify.annotations.NullMarked;
