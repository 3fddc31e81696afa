package dev.capstan.gateway;

import dev.capstan.async.Loop;
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

/** The options that say who this program is, and whom it believes, where a URL asks for TLS. */
final class TlsOptions {
    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Certificates of this program in PEM, its own first, for URLs with TLS that it listens at.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "The private key of --cert, in PEM (PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "Authorities in PEM that servers' certificates have to come from. By default those that Java trusts.")
    private @Nullable Path authorities;

    Upstream.Trust trust(Path workingFolder, SecureRandom random) throws InputException {
        return Upstream.Trust.in(authorities == null ? null : workingFolder.resolve(authorities), random);
    }

    /** Without a certificate, WebTransport has one that is issued here. */
    Listening.Who who(Path workingFolder, Loop loop, InstantSource clock, SecureRandom random) throws InputException {
        if (certificate == null && key == null) {
            return new Listening.Who(null, ServerIdentity.selfIssued(clock, random, "localhost"));
        }
        if (certificate == null || key == null) {
            throw new InputException("--cert and --key belong together: " + (key == null ? "--key" : "--cert")
                    + " FILE is missing.");
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
