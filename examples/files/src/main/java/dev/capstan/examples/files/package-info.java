/** Files as streams: one object, written for Cap'n Proto, whose sources and sinks other wires know as streams of their own. Start at {@link dev.capstan.examples.files.FilesServer}. */
package dev.capstan.examples.files;
