/**
 * Three workloads that show what building, sending and reading messages costs, without any network. bench/peers/cpp/serialization.c++ does the same work, number
 * by number, on the C++ implementation.
 *
 * <p>Start at {@link dev.capstan.bench.serialization.Exchange}.
 */
@NullMarked
package dev.capstan.bench.serialization;

import org.jspecify.annotations.NullMarked;
