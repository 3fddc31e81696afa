package dev.capstan.capnp.dynamic;

/**
 * What a loaded schema may cost before it is refused. Schemas may come from peers, so each of these stops an attack; none of them is near
 * what schemas written by people need.
 *
 * @param nodes nodes that one loader may know, placeholders for types that were only mentioned included. Stops a schema from filling memory
 *     with names of types.
 * @param nodeWords size of one node in words (8 bytes). Stops a single node from doing that.
 * @param members fields, enumerants, methods and so on, in one list of a node. Stops lists without content from standing for many members.
 * @param typeNesting how deep lists and type arguments may nest in a type. Stops types from overflowing the stack, also those that grow with
 *     each step into a generic type that contains itself.
 * @param brands combinations of type arguments that one loader may know. Stops such types from filling memory.
 * @param structWords size of a struct in words. Stops a small schema from making each small value large.
 * @param groupNesting how deep groups may lie in groups; groups do not nest on the wire, so nothing else stops schemas from
 *     overflowing the stack with them.
 */
public record Limits(
        int nodes, int nodeWords, int members, int typeNesting, int brands, int structWords, int groupNesting) {
    /** 65,536 nodes of 1 Mi words, 65,536 members, 64 levels, 65,536 brands, structs of 32 Ki words, 64 groups deep. */
    public static final Limits DEFAULT = new Limits(1 << 16, 1 << 20, 1 << 16, 64, 1 << 16, 1 << 15, 64);

    public Limits {
        if (nodes < 1
                || nodeWords < 1
                || members < 1
                || typeNesting < 1
                || brands < 1
                || structWords < 1
                || groupNesting < 1) {
            throw new IllegalArgumentException("Every limit must be at least 1.");
        }
    }

    /** These limits with another number of nodes. */
    public Limits withNodes(int count) {
        return new Limits(count, nodeWords, members, typeNesting, brands, structWords, groupNesting);
    }

    /** These limits with another number of brands. */
    public Limits withBrands(int count) {
        return new Limits(nodes, nodeWords, members, typeNesting, count, structWords, groupNesting);
    }
}
