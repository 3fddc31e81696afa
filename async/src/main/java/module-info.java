import org.jspecify.annotations.NullMarked;

/** Promises, the loop that runs them, and the streams they come from. */
@NullMarked
module dev.capstan.async {
    requires static transitive org.jspecify;

    exports dev.capstan.async;
}
