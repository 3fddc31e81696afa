/**
 * A calculator whose numbers and functions are live objects.
 *
 * <p>Start at: {@code calculator.capnp}, then {@link dev.capstan.examples.calculator.CalculatorServer}.
 */
@NullMarked
package dev.capstan.examples.calculator;

import org.jspecify.annotations.NullMarked;
