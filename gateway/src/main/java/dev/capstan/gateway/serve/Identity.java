package dev.capstan.gateway.serve;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.net.webtransport.ServerIdentity;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Who a server is over TLS, from files, which are read again when they have changed. Belongs to its loop. */
public final class Identity implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Identity.class.getName());

    private final Loop loop;
    private final Configuration.Tls files;
    private final AdvancedTlsX509KeyManager key = new AdvancedTlsX509KeyManager();
    private final SSLContext context;
    private Promise.Cancelable alarm = () -> {};
    private List<FileTime> read;
    private boolean closed;

    /**
     * Reads the files, which blocks.
     *
     * @throws IOException if one cannot be read
     * @throws GeneralSecurityException if one does not hold what it should, or the key is not the certificate's
     */
    public Identity(Loop loop, Configuration.Tls files) throws IOException, GeneralSecurityException {
        this.loop = loop;
        this.files = files;
        this.read = times();
        load();
        Path authorities = files.authorities();
        context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {key}, authorities == null ? null : trusting(authorities), null);
    }

    /**
     * Those whose certificates are in a file of PEM. Blocks.
     *
     * @throws IOException if it cannot be read, or holds none
     * @throws GeneralSecurityException if it holds something else
     */
    public static KeyStore authorities(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            int count = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, each);
            }
            if (count == 0) {
                throw new IOException("there is no certificate in " + file);
            }
        }
        return store;
    }

    /**
     * What trusts those whose certificates are in a file alone; otherwise as {@link #authorities}.
     */
    public static TrustManager[] trusting(Path file) throws IOException, GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities(file));
        return factory.getTrustManagers();
    }

    private void load() throws IOException, GeneralSecurityException {
        try {
            key.updateIdentityCredentials(
                    files.certificate().toFile(), files.key().toFile());
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(
                    files.key() + " is no key that fits " + files.certificate() + ", or has a password ("
                            + e.getMessage() + "); it begins with -----BEGIN PRIVATE KEY-----",
                    e);
        }
    }

    private List<FileTime> times() throws IOException {
        return List.of(Files.getLastModifiedTime(files.certificate()), Files.getLastModifiedTime(files.key()));
    }

    /** What a server shows its key and certificates by, those of the moment. */
    public SSLContext context() {
        return context;
    }

    /** As it is now. */
    public ServerIdentity forWebTransport() {
        String name = key.chooseEngineServerAlias("EC", null, null);
        return ServerIdentity.of(key.getPrivateKey(name), List.of(key.getCertificateChain(name)));
    }

    /** Looks from now on, on the loop's thread, whether the files have changed. */
    void watch() {
        if (!files.reload().isZero() && !closed) {
            alarm = loop.timer().after(files.reload()).listen(loop, (rung, failure) -> {
                List<FileTime> before = read;
                if (failure == null) {
                    alarm = loop.offload(() -> look(before)).listen(loop, this::looked);
                }
            });
        }
    }

    /** When they were written last, after reading them again if that is not {@code before}. Who writes one after the other may be met in between: then the key is not the certificate's, and it is tried again. */
    private List<FileTime> look(List<FileTime> before) throws IOException, GeneralSecurityException {
        List<FileTime> now = times();
        if (!now.equals(before)) {
            load();
        }
        return now;
    }

    private void looked(@Nullable List<FileTime> now, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.log(
                    Level.WARNING,
                    () -> files.certificate() + " and " + files.key()
                            + " cannot be used as they are now; the server goes on with those that it has",
                    failure);
        } else if (now != null && !now.equals(read)) {
            read = now;
            LOG.log(Level.INFO, () -> files.certificate() + " was read again");
        }
        watch();
    }

    @Override
    public void close() {
        closed = true;
        alarm.cancel();
    }
}
