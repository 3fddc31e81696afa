package dev.capstan.capnweb;

/** The end of a stream that values are written to. The session knows what stands behind it. */
interface Writable {}
