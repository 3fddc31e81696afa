package dev.capstan.capnpc.compile;

/** Declarations that become nodes. */
enum Kind {
    FILE,
    CONST,
    ANNOTATION,
    ENUM,
    STRUCT,
    INTERFACE
}
