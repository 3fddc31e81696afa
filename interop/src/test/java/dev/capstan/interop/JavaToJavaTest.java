package dev.capstan.interop;

import dev.capstan.async.Address;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Java calls Java over real sockets; the server's bodies run in both styles. */
@ParameterizedClass
@EnumSource(Way.class)
final class JavaToJavaTest extends PeerContract {
    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Way way;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private JavaServer server;

    @Override
    Way way() {
        return way;
    }

    @Override
    Address serve() {
        server = new JavaServer(way.transport, way.style, folder.resolve("peer.sock"));
        return address();
    }

    private Address address() {
        return way.unix ? server.unix() : server.tcp();
    }

    @Override
    JavaClient another() {
        return new JavaClient(way.transport, address());
    }

    @Override
    void endServer() {
        server.assertNothingLeft();
        server.close();
    }

    @Override
    Program mortal() {
        return way.unix
                ? PeerProgram.start("--unix", folder.resolve("mortal.sock").toString(), way.transport, way.style)
                : PeerProgram.start("--port", "0", way.transport, way.style);
    }
}
