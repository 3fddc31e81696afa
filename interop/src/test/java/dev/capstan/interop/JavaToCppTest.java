package dev.capstan.interop;

import dev.capstan.async.Address;
import dev.capstan.testkit.ForeignPeer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Java calls objects that live in a C++ program. */
@ForeignPeer
@ParameterizedClass
@EnumSource(Way.class)
final class JavaToCppTest extends PeerContract {
    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Way way;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private @Nullable Program server;
    private int sockets;

    @Override
    Way way() {
        return way;
    }

    @Override
    Address serve() {
        Program started = mortal();
        server = started;
        return Address.parse(started.address());
    }

    @Override
    JavaClient another() {
        Program running = server;
        if (running == null) {
            throw new IllegalStateException("no server runs");
        }
        return new JavaClient(way.transport, Address.parse(running.address()));
    }

    @Override
    void endServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    Program mortal() {
        return way.unix
                ? ForeignPrograms.cppServer(
                        "--stdin", "--unix", folder.resolve(sockets++ + ".sock").toString())
                : ForeignPrograms.cppServer("--stdin", "--port", "0");
    }
}
