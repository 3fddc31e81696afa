import org.jspecify.annotations.NullMarked;

/** The service that the README builds. */
@NullMarked
module dev.capstan.examples.hello {
    requires static org.jspecify;
    requires dev.capstan.capnp;
    requires dev.capstan.capnp.json;
    requires dev.capstan.net;
}
