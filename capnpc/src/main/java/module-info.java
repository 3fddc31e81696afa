import org.jspecify.annotations.NullMarked;

/** Turns Cap'n Proto schemas into Java. */
@NullMarked
module dev.capstan.capnpc {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.capnp;

    exports dev.capstan.capnpc;
    exports dev.capstan.capnpc.breaking;
    exports dev.capstan.capnpc.compile;
    exports dev.capstan.capnpc.source;
}
