package dev.capstan.capnpc;

/**
 * One file that the generator wrote. An immutable value.
 *
 * @param path where it belongs, relative to the root of the sources, with {@code /} between folders
 * @param content the Java source, with a line feed behind each line
 */
public record GeneratedFile(String path, String content) {}
