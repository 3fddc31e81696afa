package dev.capstan.examples.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in headless Chromium: two members chat, and one of them loses the socket. */
@ForeignPeer
class PageTest {
    private static final int CANNOT_BE_HAD = 77;
    private static final Path FOLDER = folder();

    @TempDir
    private Path temporary;

    private static Path folder() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("page")) ? here : here.resolve("examples/chat");
    }

    private record Ended(int code, String output) {}

    private Ended run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(temporary, "said", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(100, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), Files.readString(output, StandardCharsets.UTF_8));
    }

    @Test
    void two_members_chat_and_one_loses_the_socket() throws Exception {
        Ended chromium = run("bash", "-c", "command -v chromium || command -v chromium-browser");
        Assumptions.assumeTrue(chromium.code() == 0, "Chromium is not there (apt install chromium)");
        Ended installed = run("bash", "install.sh");
        Assumptions.assumeTrue(
                installed.code() != CANNOT_BE_HAD,
                () -> installed.output().lines().reduce((before, last) -> last).orElse("no page"));
        assertEquals(0, installed.code(), installed.output());
        try (NetLoop net = NetLoop.open("chat", Transport.AUTO);
                ChatServer server = ChatServer.listen(net, 0, Pages.of(FOLDER.resolve("target/page")))) {
            Ended ended = run("node", "target/npm/page.mjs", "http://127.0.0.1:" + server.port() + "/");
            assertEquals(String.join("\n", EXPECTED), ended.output().strip());
            assertEquals(0, ended.code());
        }
    }

    private static final List<String> EXPECTED = List.of(
            "[\"taken\",\"somebody is called Ann already\"]",
            "[\"present\",[\"Ann (you)\",\"Bob\"],[\"Ann\",\"Bob (you)\"]]",
            "[\"said\",4,\"Ann: <b>No.</b> Everything that you held is still there.\"]",
            "[\"rooms\",[\"lobby1\",\"kitchen\",\"library\",\"attic1\"],[\"Ann (you)\"]]",
            "[\"attic\",[\"Ann: Nice view.\"]]",
            "[\"resumed\",[\"Ann: said without a socket\",\"Bob: said while the socket was gone\"],"
                    + "[\"Ann: said without a socket\",\"Bob: said while the socket was gone\"],[\"Bob (you)\",\"Ann\"]]",
            "[\"five times\",[\"Bob: number 0\",\"Bob: number 1\",\"Bob: number 2\",\"Bob: number 3\",\"Bob: number 4\"]]",
            "[\"narrow\",true]",
            "[\"gone\",[\"Bob (you)\"]]",
            "[\"errors\",[]]");
}
