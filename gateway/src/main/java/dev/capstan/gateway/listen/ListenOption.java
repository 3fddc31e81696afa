package dev.capstan.gateway.listen;

import dev.capstan.async.Loop;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.serve.Configuration;
import dev.capstan.gateway.serve.Identity;
import dev.capstan.net.webtransport.ServerIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say who the gateway is where it listens. */
final class ListenOption {
    @Option(
            names = "--listen-cert",
            paramLabel = "FILE",
            description = "The certificate of the gateway itself (PEM, with its chain), for a --listen with TLS.")
    private @Nullable Path certificate;

    @Option(
            names = "--listen-key",
            paramLabel = "FILE",
            description = "The private key of --listen-cert (PEM, PKCS #8).")
    private @Nullable Path key;

    /** Without a certificate, WebTransport has one that is issued here. */
    Listening.Who who(Path workingFolder, Loop loop, InstantSource clock, SecureRandom random) throws InputException {
        if (certificate == null && key == null) {
            return new Listening.Who(null, ServerIdentity.selfIssued(clock, random, "localhost"));
        }
        if (certificate == null || key == null) {
            throw new InputException("--listen-cert and --listen-key belong together: give both or neither.");
        }
        try {
            Identity identity = new Identity(
                    loop,
                    new Configuration.Tls(
                            workingFolder.resolve(certificate),
                            workingFolder.resolve(key),
                            Duration.ZERO,
                            Configuration.Clients.NOTHING,
                            null));
            return new Listening.Who(identity.context(), identity.forWebTransport());
        } catch (IOException | GeneralSecurityException e) {
            throw new InputException(
                    certificate + " and " + key + " are no certificate with its key in PEM: " + e.getMessage());
        }
    }
}
