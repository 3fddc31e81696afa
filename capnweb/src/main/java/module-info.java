import org.jspecify.annotations.NullMarked;

/** Cap'n Web: objects that browsers and TypeScript programs call, and theirs that Java calls. */
@NullMarked
module dev.capstan.capnweb {
    requires static transitive org.jspecify;
    requires transitive dev.capstan.cap;
    requires transitive dev.capstan.net;
    requires com.fasterxml.jackson.core;

    exports dev.capstan.capnweb;
    exports dev.capstan.capnweb.bind;
    exports dev.capstan.capnweb.connect;
    exports dev.capstan.capnweb.il;
    exports dev.capstan.capnweb.resume;
}
