/**
 * Load drivers and microbenchmarks; see {@code bench/RESULTS.md} for what they measured.
 *
 * <p>Start at: {@link dev.capstan.bench.BenchClient} and {@link dev.capstan.bench.BenchServer}, which speak the contract of {@code bench.capnp}.
 */
@NullMarked
package dev.capstan.bench;

import org.jspecify.annotations.NullMarked;
