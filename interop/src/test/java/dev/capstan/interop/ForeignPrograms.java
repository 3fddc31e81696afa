package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The peers below {@code interop/peers}: made when they are asked for, and a failed assumption where they cannot be had. */
final class ForeignPrograms {
    /** By which the scripts say that a peer cannot be had on this machine. */
    private static final int CANNOT_BE_HAD = 77;

    private ForeignPrograms() {}

    /** {@code server} or {@code client} on Cap'n Proto C++. */
    static String cpp(String program) {
        make("interop/peers/cpp/build.sh");
        return path("interop/target/cpp/" + program);
    }

    /** A server that has printed its address; the caller closes it. */
    static Program cppServer(String... options) {
        List<String> command = new java.util.ArrayList<>(List.of(cpp("server")));
        command.addAll(List.of(options));
        return Program.start(command);
    }

    static String workerd() {
        make("interop/peers/workerd/install.sh");
        return path("interop/target/workerd/workerd");
    }

    static String path(String inRepository) {
        return Program.ROOT.resolve(Path.of(inRepository)).toString();
    }

    /** Runs a script that builds or installs a peer; skips the test, with the script's last words, if that peer cannot be had here. */
    static void make(String script) {
        try (Program making = Program.start("bash", script)) {
            int code = making.exitCode();
            Assumptions.assumeTrue(
                    code != CANNOT_BE_HAD,
                    () -> making.output().isEmpty()
                            ? script + " says that the peer cannot be had"
                            : making.output().getLast());
            assertEquals(0, code, making::toString);
        }
    }
}
