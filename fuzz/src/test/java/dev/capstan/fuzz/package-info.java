/**
 * What strangers may send, and what it may cost at most: fuzzing targets, their corpora, and comparisons over random messages.
 *
 * <p>Start at {@link dev.capstan.fuzz.Target}. {@code ReplayTest} runs the corpora in {@code src/test/corpus}, {@code ExploreTest} looks for more with Jazzer.
 */
@NullMarked
package dev.capstan.fuzz;

import org.jspecify.annotations.NullMarked;
