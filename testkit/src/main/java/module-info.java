import org.jspecify.annotations.NullMarked;

/** What tests of every module are written with: simulation, contracts, marks for the parity list. */
@NullMarked
module dev.capstan.testkit {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.cap;
    requires transitive org.junit.jupiter.api;

    exports dev.capstan.testkit;
}
