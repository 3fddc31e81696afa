import org.jspecify.annotations.NullMarked;

/** Cap'n Proto messages as JSON. */
@NullMarked
module dev.capstan.capnp.json {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.capnp;
    requires com.fasterxml.jackson.core;

    exports dev.capstan.capnp.json;
    exports dev.capstan.capnp.json.schema;
}
