import org.jspecify.annotations.NullMarked;

/** A folder of files in memory. */
@NullMarked
module dev.capstan.examples.files {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.capnp;

    exports dev.capstan.examples.files;
}
