/**
 * The service that the README builds.
 *
 * <p>Start at: {@link dev.capstan.examples.hello.HelloServer}.
 */
@NullMarked
package dev.capstan.examples.hello;

import org.jspecify.annotations.NullMarked;
