package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.schema.Node;
import java.util.List;
import java.util.Map;

/** What the node of a struct says. */
final class StructBody extends Body {
    /** In the order of ordinals, as in the node. */
    final List<FieldLayout> fields;

    final int dataWords;
    final int pointerCount;
    /** 0 if there is no union. */
    final int discriminantCount;
    /** In units of 16 bits. */
    final int discriminantOffset;

    final boolean isGroup;

    StructBody(
            Node.Reader node,
            Map<String, Integer> names,
            Map<Long, Node.Which> dependencies,
            List<FieldLayout> fields) {
        super(node, names, dependencies);
        Node.Struct.Reader struct = node.getStruct();
        this.fields = fields;
        this.dataWords = struct.getDataWordCount();
        this.pointerCount = struct.getPointerCount();
        this.discriminantCount = struct.getDiscriminantCount();
        this.discriminantOffset = (int) struct.getDiscriminantOffset();
        this.isGroup = struct.getIsGroup();
    }
}
