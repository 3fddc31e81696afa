package dev.capstan.capnweb;

/** The end of a stream that values are read from. The session knows what stands behind it. */
@SuppressWarnings("AvoidCommonTypeNames") // the name it has in JavaScript; nobody here reads text by java.lang.Readable
interface Readable {}
