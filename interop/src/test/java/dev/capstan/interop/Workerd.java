package dev.capstan.interop;

import dev.capstan.async.Address;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running workerd, whose debug port speaks Cap'n Proto RPC as the newest C++ implementation does. */
final class Workerd implements AutoCloseable {
    private static final Pattern LISTENS =
            Pattern.compile(".*\"event\":\"listen\",\"socket\":\"debug-port\",\"port\":(\\d+).*");

    private final Program program;
    private final Address address;

    Workerd() {
        program = Program.start(
                ForeignPrograms.workerd(),
                "serve",
                ForeignPrograms.path("interop/peers/workerd/config.capnp"),
                "--debug-port=127.0.0.1:0",
                "--control-fd=1");
        Matcher port =
                LISTENS.matcher(program.line(line -> LISTENS.matcher(line).matches()));
        if (!port.matches()) {
            throw new AssertionError("the same line matches no more");
        }
        address = new Address.Tcp("127.0.0.1", Integer.parseInt(port.group(1)));
    }

    Address address() {
        return address;
    }

    @Override
    public void close() {
        program.close();
    }
}
