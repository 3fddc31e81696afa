import org.jspecify.annotations.NullMarked;

/** Cap'n Proto: messages, and the calls made of them. */
@NullMarked
module dev.capstan.capnp {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.cap;

    exports dev.capstan.capnp;
    exports dev.capstan.capnp.dynamic;
    exports dev.capstan.capnp.io;
    exports dev.capstan.capnp.persistent;
    exports dev.capstan.capnp.rpc;
    exports dev.capstan.capnp.rpc.protocol;
    exports dev.capstan.capnp.schema;
    exports dev.capstan.capnp.stream;
    exports dev.capstan.capnp.text;
}
