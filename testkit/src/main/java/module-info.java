import org.jspecify.annotations.NullMarked;

/** What tests of every module are written with: simulation, contracts, marks for the parity list. */
@NullMarked
module dev.capstan.testkit {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.cap;
    requires transitive org.junit.jupiter.api;

    exports dev.capstan.testkit;

    // The cases of contracts are package-private classes, run as part of the test classes of other modules.
    opens dev.capstan.testkit to
            org.junit.platform.commons;
}
