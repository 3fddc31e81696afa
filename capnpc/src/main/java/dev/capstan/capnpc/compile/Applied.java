package dev.capstan.capnpc.compile;

/** Use of an annotation. */
record Applied(Node annotation, Brand brand, Slot value) {}
