package dev.capstan.gateway.options;

import dev.capstan.gateway.serve.Identity;
import dev.capstan.net.webtransport.CertificateHash;
import dev.capstan.net.webtransport.ServerTrust;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of TLS, in grpcurl's words: whom to trust, and who one is. */
public final class TlsOption {
    private static final char[] NO_PASSWORD = new char[0];

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "Trust the authorities in this PEM file, and no others, instead of those of the system.")
    private @Nullable Path authorities;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Show this certificate (PEM, with its chain); needs --key.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "The private key of --cert (PEM, PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--servername",
            paramLabel = "NAME",
            description = "The name that the server's certificate must have, instead of the host of the URL.")
    private @Nullable String serverName;

    @Option(
            names = "--insecure",
            description = "Trust whoever answers. What is sent can be read by somebody in between: for tests alone.")
    private boolean insecure;

    @Option(
            names = "--cert-hash",
            paramLabel = "HEX",
            description =
                    "WebTransport: trust the certificate with this SHA-256 hash, as a server that issues its own publishes it; may be repeated.")
    private List<String> hashes = new ArrayList<>();

    @Nullable
    public String serverName() {
        return serverName;
    }

    /** For Cap'n Proto and Cap'n Web; fails if a file cannot be used. */
    public SSLContext context(Path workingFolder) throws InputException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(workingFolder), trust(workingFolder), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new InputException("TLS cannot be set up: " + e.getMessage());
        }
    }

    /** For gRPC; fails if a file cannot be used. */
    public ChannelCredentials credentials(Path workingFolder) throws InputException {
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        KeyManager[] keys = keys(workingFolder);
        if (keys != null) {
            builder.keyManager(keys);
        }
        TrustManager[] trust = trust(workingFolder);
        if (trust != null) {
            builder.trustManager(trust);
        }
        return builder.build();
    }

    /** For WebTransport; fails if a file cannot be used, or there is an option that it does not have. */
    public ServerTrust serverTrust(Path workingFolder, InstantSource clock) throws InputException {
        if (certificate != null || serverName != null) {
            throw new InputException("--cert, --key and --servername are not for WebTransport: leave them out.");
        }
        if (insecure) {
            return ServerTrust.anybody();
        }
        if (!hashes.isEmpty()) {
            try {
                return ServerTrust.hashes(
                        clock, hashes.stream().map(CertificateHash::new).toList());
            } catch (IllegalArgumentException e) {
                throw new InputException("--cert-hash: " + e.getMessage());
            }
        }
        return authorities == null ? ServerTrust.system() : ServerTrust.store(store(workingFolder, authorities));
    }

    private KeyManager @Nullable [] keys(Path workingFolder) throws InputException {
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new InputException("--cert and --key belong together: give both or neither.");
        }
        X509Certificate[] chain = certificates(workingFolder, certificate);
        try (InputStream in = Files.newInputStream(workingFolder.resolve(key))) {
            PrivateKey secret = CertificateUtils.getPrivateKey(in);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", secret, NO_PASSWORD, chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw new InputException(
                    "--key: " + key + " is no private key in PEM (PKCS #8) of --cert: " + e.getMessage());
        }
    }

    private TrustManager @Nullable [] trust(Path workingFolder) throws InputException {
        if (insecure) {
            return new TrustManager[] {new Anybody()};
        }
        if (authorities == null) {
            return null;
        }
        try {
            return Identity.trusting(workingFolder.resolve(authorities));
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(authorities, e);
        }
    }

    private static KeyStore store(Path workingFolder, Path file) throws InputException {
        try {
            return Identity.authorities(workingFolder.resolve(file));
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(file, e);
        }
    }

    private static InputException unusable(Path authorities, Exception cause) {
        return new InputException(
                "--cacert: " + authorities + " holds no certificates in PEM that can be read: " + cause.getMessage());
    }

    private static X509Certificate[] certificates(Path workingFolder, Path file) throws InputException {
        try (InputStream in = Files.newInputStream(workingFolder.resolve(file))) {
            X509Certificate[] found = CertificateUtils.getX509Certificates(in);
            if (found.length == 0) {
                throw new InputException(file + " holds no certificate in PEM.");
            }
            return found;
        } catch (IOException | GeneralSecurityException e) {
            throw new InputException(file + " holds no certificates in PEM that can be read: " + e.getMessage());
        }
    }

    /** Checks nothing, the host neither: that is the manager's business where it is an extended one. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
