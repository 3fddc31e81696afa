package dev.capstan.capnweb;

/** The end of a stream that values are read from. The session knows what stands behind it. */
interface Readable {}
