package dev.capstan.capnpc;

/**
 * A type parameter of a generic declaration or method. Java needs two type variables for it, since what stands behind a pointer has two
 * faces, and one token at run time.
 *
 * @param scopeId the node that declares it; for a method's own parameters, the method's parameter struct or 0
 * @param index which of that node's parameters
 * @param builder the variable for what builders hand out
 * @param reader the variable for what readers hand out
 * @param token what variables and fields that hold its {@code PointerType} are called
 */
record TypeParameter(long scopeId, int index, String builder, String reader, String token) {}
