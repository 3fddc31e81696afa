package dev.capstan.capnpc.syntax;

/** A number behind {@code @}: an ordinal, or an id as 64 unsigned bits; and where it stands. */
public record Ordinal(long value, Span span) {}
