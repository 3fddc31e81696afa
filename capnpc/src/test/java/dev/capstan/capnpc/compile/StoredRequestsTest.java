package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.source.SourceFiles;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the C++ compiler wrote when the requests were stored: for machines on which it is not. */
class StoredRequestsTest {
    @ParameterizedTest
    @CsvSource({
        "standard, capnp/src/main/capnp, capnp/schema capnp/rpc capnp/rpc-twoparty capnp/persistent capnp/stream",
        "fixture, capnp/src/test/capnp, test dynamic encoding encoding-import",
        "calculator, examples/calculator/src/main/capnp, calculator",
        "hello, examples/hello/src/main/capnp, hello note",
        "bench, bench/src/main/capnp, bench serialization",
        "probe, interop/src/test/capnp, probe",
        "golden, capnpc/src/test/capnp, golden/constants golden/generics golden/lists golden/services golden/shapes",
        "nasty, capnpc/src/test/capnp, nasty/generics nasty/inheritance nasty/layout nasty/names nasty/no-package nasty/other nasty/toplevel"
    })
    void a_stored_request_is_what_we_compile(String name, String folder, String files) throws Exception {
        Path root = CapnpTool.ROOT.resolve(folder);
        SourceFiles standard = SourceFiles.standard();
        SourceFiles calculator = SourceFiles.folder(CapnpTool.ROOT.resolve("examples/calculator/src/main/capnp"));
        List<String> paths = List.of(files.split(" ", -1)).stream()
                .map(file -> file + ".capnp")
                .toList();
        Compilation ours = new Compiler(List.of(standard, calculator)).compile(SourceFiles.folder(root), paths);
        try (InputStream in = Objects.requireNonNull(
                StoredRequestsTest.class.getResourceAsStream("/dev/capstan/capnpc/" + name + ".request"))) {
            CapnpTool.assertSame(in.readAllBytes(), ours.message().toByteArray(), name);
        }
    }
}
