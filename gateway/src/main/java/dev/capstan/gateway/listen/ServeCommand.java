package dev.capstan.gateway.listen;

import dev.capstan.async.Promise;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.gateway.frames.Text;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.gateway.serve.Configuration;
import dev.capstan.gateway.serve.ConfigurationFile;
import dev.capstan.gateway.serve.Identity;
import dev.capstan.gateway.serve.Server;
import dev.capstan.gateway.watch.LogLines;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves what a file says, on every wire, at one port. */
@Command(
        name = "serve",
        description = "Serve what a file says, on every wire, at one port.",
        footer = {
            "",
            "The smallest file:",
            "  listen = \"127.0.0.1:8080\"",
            "  [[serve]]",
            "  path = \"/calculator\"",
            "  object = \"calculator\"",
            "All keys are in docs/serve.md. On SIGTERM it finishes what is under way and ends with exit code 0."
        },
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    private final Path workingFolder;

    @Parameters(index = "0", paramLabel = "CONFIG", description = "The file, in TOML.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(
            names = "--check",
            description = "Only say whether the file is right, with the schemas and certificates that it names.")
    private boolean check;

    @Option(
            names = "--debug",
            description = "Show each frame of its connections on standard error, without secrets; as debug = true.")
    private boolean debug;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public ServeCommand(Path workingFolder) {
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        Configuration configuration = configuration(err);
        if (configuration == null) {
            return ExitException.USAGE;
        }
        if (debug) {
            configuration = configuration.withDebug();
        }
        if (configuration.log() == Configuration.Log.JSON) {
            LogLines.install();
        }
        SecureRandom random = new SecureRandom();
        PrintWriter out = spec.commandLine().getOut();
        try (Running running = new Running(out, err);
                NetLoop net = NetLoop.open("serve", Transport.AUTO)) {
            if (check) {
                return checked(net, configuration, random, err);
            }
            Server server = Offers.serve(net, configuration, Clock.systemUTC(), random, workingFolder, err);
            if (server == null) {
                return ExitException.SCHEMA;
            }
            err.println("capstan: console: "
                    + net.loop().fetch(() -> Promise.of(server.console())).await());
            out.println("READY " + server.address());
            out.flush();
            running.untilStopped(net, server, configuration.drain(), Long.MAX_VALUE);
            return 0;
        } catch (InputException | IllegalArgumentException e) {
            err.println("capstan: " + file + ": " + Text.plain(String.valueOf(e.getMessage())));
            return ExitException.SCHEMA;
        } catch (IOException | GeneralSecurityException e) {
            err.println("capstan: " + file + ": tls: the certificate, its key or the authorities cannot be used: "
                    + e.getMessage());
            return ExitException.USAGE;
        }
    }

    private int checked(NetLoop net, Configuration configuration, SecureRandom random, PrintWriter err)
            throws InputException, IOException, GeneralSecurityException {
        Offers offers = new Offers(Site.of(net), new SchemaLoader(), Clock.systemUTC(), random, workingFolder, err);
        if (!offers.check(configuration)) {
            return ExitException.SCHEMA;
        }
        Configuration.Tls tls = configuration.tls();
        if (tls != null) {
            new Identity(net.loop(), tls).close();
        }
        err.println("capstan: " + file + " is right");
        return 0;
    }

    /** Null after problems were told. */
    private @Nullable Configuration configuration(PrintWriter err) {
        Path at = workingFolder.resolve(file);
        String text;
        try {
            text = Files.readString(at);
        } catch (IOException e) {
            err.println("capstan: " + InputException.unreadable(file, e));
            return null;
        }
        Path folder = at.toAbsolutePath().resolveSibling("");
        ConfigurationFile.Reading reading = new ConfigurationFile(folder, Offers.names(), ServeCommand::way).read(text);
        reading.problems().forEach(problem -> err.println("capstan: " + file + ":" + problem));
        return reading.configuration();
    }

    static ConfigurationFile.Way way(String text) {
        WireUrl to = WireUrl.parse(text);
        String refusal = Upstream.refusal(to);
        if (refusal != null) {
            throw new IllegalArgumentException("'" + text + "': " + refusal);
        }
        return new ConfigurationFile.Way(to.wire() == WireUrl.Wire.GRPC, to.tls());
    }
}
