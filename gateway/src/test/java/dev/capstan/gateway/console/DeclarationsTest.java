package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.capnweb.bind.Binder;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page is written against what the server has. */
class DeclarationsTest {
    private static Path module() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("src/main/console")) ? here : here.resolve("gateway");
    }

    @Test
    void the_types_of_the_page_are_those_of_the_server() throws IOException {
        String declared = Binder.of(MethodHandles.lookup()).declarations(Entrance.class);
        Path file = module().resolve("src/main/console/src/api.ts");
        Path made = Files.writeString(module().resolve("target/api.ts"), declared);
        assertEquals(declared, Files.readString(file), () -> "copy " + made + " to " + file);
    }
}
