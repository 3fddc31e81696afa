package dev.capstan.interop.offenders.cap;

import dev.capstan.interop.offenders.async.UsesCap;

/** Innocent: cap may use async. */
public record UsesAsync(UsesCap below) {}
