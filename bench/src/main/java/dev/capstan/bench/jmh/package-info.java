/**
 * Microbenchmarks: {@code bench/java org.openjdk.jmh.Main -prof gc}. The figure to watch is {@code gc.alloc.rate.norm}, bytes per operation, which does
 * not depend on the machine.
 */
@NullMarked
package dev.capstan.bench.jmh;

import org.jspecify.annotations.NullMarked;
