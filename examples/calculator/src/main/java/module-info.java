import org.jspecify.annotations.NullMarked;

/** The calculator of the demo. */
@NullMarked
module dev.capstan.examples.calculator {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.capnp;

    exports dev.capstan.examples.calculator;
}
