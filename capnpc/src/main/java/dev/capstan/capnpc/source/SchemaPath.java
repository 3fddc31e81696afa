package dev.capstan.capnpc.source;

/**
 * A schema to be compiled.
 *
 * @param root the tree that it is in, which its relative imports cannot leave
 * @param path within the tree; code generators name their output after it
 */
public record SchemaPath(SourceFiles root, String path) {}
