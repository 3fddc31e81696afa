import org.jspecify.annotations.NullMarked;

/** The {@code capstan} command, and what joins the wires. */
@NullMarked
module dev.capstan.gateway {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.capnp;
    requires dev.capstan.capnp.json;
    requires dev.capstan.capnpc;
    requires dev.capstan.capnweb;
    requires transitive dev.capstan.net;
    requires dev.capstan.examples.calculator;
    requires info.picocli;

    exports dev.capstan.gateway;
    exports dev.capstan.gateway.port;
    exports dev.capstan.gateway.translate;

    opens dev.capstan.gateway to
            info.picocli;
}
