import org.jspecify.annotations.NullMarked;

/** The seam to call through: capabilities, calls, answers, failures. */
@NullMarked
module dev.capstan.cap {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.async;

    exports dev.capstan.cap;
}
