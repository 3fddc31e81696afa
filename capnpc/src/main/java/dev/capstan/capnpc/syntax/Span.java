package dev.capstan.capnpc.syntax;

/** A piece of a file, in bytes. */
public record Span(int start, int end) {}
