package dev.capstan.capnweb;

/** A value that is not there yet: a promise of a value tree. The session knows what stands behind it. */
interface Deferred {}
