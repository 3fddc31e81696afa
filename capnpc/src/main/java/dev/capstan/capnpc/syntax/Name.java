package dev.capstan.capnpc.syntax;

/** An identifier, and where it stands. */
public record Name(String text, Span span) {}
