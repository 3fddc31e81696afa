/** The verb that puts a server under load. Start at {@link dev.capstan.gateway.bench.BenchCommand}. */
@NullMarked
package dev.capstan.gateway.bench;

import org.jspecify.annotations.NullMarked;
