/**
 * What the streams of all protocols here have in common: deadlines, and the end. Not exported. Start at {@link dev.capstan.net.streams.Farewell}.
 */
@NullMarked
package dev.capstan.net.streams;

import org.jspecify.annotations.NullMarked;
