package dev.capstan.interop.offenders.capnweb;

/** Innocent: a wire by itself. */
public record WebSession(String name) {}
