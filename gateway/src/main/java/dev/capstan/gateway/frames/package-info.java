/**
 * What passes between two sides, taken apart: decoders of every wire, the taps and the relay that feed them, and captures of what has passed.
 *
 * <p>Start at: {@link dev.capstan.gateway.frames.FrameDecoder}, {@link dev.capstan.gateway.frames.Frame}, {@link dev.capstan.gateway.frames.Relay}, {@link
 * dev.capstan.gateway.frames.TappedNetwork}.
 */
@NullMarked
package dev.capstan.gateway.frames;

import org.jspecify.annotations.NullMarked;
