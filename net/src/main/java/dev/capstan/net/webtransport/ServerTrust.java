package dev.capstan.net.webtransport;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** How a client knows that a server is the one it means. Immutable. */
public final class ServerTrust {
    /** As browsers have it. */
    private static final Duration LONGEST_VALIDITY = Duration.ofDays(14);

    private static final int FIELD_BITS = 256;

    private final X509ExtendedTrustManager manager;
    private final boolean checksHost;

    private ServerTrust(X509ExtendedTrustManager manager, boolean checksHost) {
        this.manager = manager;
        this.checksHost = checksHost;
    }

    /**
     * By the hash of its certificate, whatever names are in it: what {@code serverCertificateHashes} means in a browser, with the same demands. The
     * certificate is for P-256, and valid, for two weeks at most.
     */
    public static ServerTrust hashes(InstantSource clock, Collection<CertificateHash> hashes) {
        return new ServerTrust(new ByHash(clock, Set.copyOf(hashes)), false);
    }

    /** By an authority among the trusted certificates of {@code store}; the certificate must be for the host in the URL. */
    public static ServerTrust store(KeyStore store) {
        return fromStore(store);
    }

    /** By an authority that this Java runtime trusts; the certificate must be for the host in the URL. */
    public static ServerTrust system() {
        return fromStore(null);
    }

    /** Whoever answers, somebody in between included: for a server that asks itself, and for tests. */
    public static ServerTrust anybody() {
        return new ServerTrust(new Anybody(), false);
    }

    private static ServerTrust fromStore(@Nullable KeyStore store) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager each : factory.getTrustManagers()) {
                if (each instanceof X509ExtendedTrustManager manager) {
                    return new ServerTrust(manager, true);
                }
            }
            throw new AssertionError("every Java runtime checks certificates of TLS");
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key store cannot be used: " + e.getMessage(), e);
        }
    }

    X509ExtendedTrustManager manager() {
        return manager;
    }

    /** Whether the certificate must name the host. */
    boolean checksHost() {
        return checksHost;
    }

    private abstract static class Alone extends X509ExtendedTrustManager {
        /** The server has shown {@code certificate}, and has proven that it has the key. */
        abstract void check(X509Certificate certificate) throws CertificateException;

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            if (chain.length == 0) {
                throw new CertificateException("the server has shown no certificate");
            }
            check(chain[0]);
        }

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("this is about servers");
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public final X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static final class Anybody extends Alone {
        @Override
        void check(X509Certificate certificate) {}
    }

    private static final class ByHash extends Alone {
        private final InstantSource clock;
        private final Set<CertificateHash> hashes;

        ByHash(InstantSource clock, Set<CertificateHash> hashes) {
            this.clock = clock;
            this.hashes = hashes;
        }

        @Override
        void check(X509Certificate certificate) throws CertificateException {
            CertificateHash hash = CertificateHash.of(certificate);
            if (!hashes.contains(hash)) {
                throw new CertificateException("the server has shown a certificate with another hash, " + hash
                        + ": get the hashes anew from where it publishes them");
            }
            certificate.checkValidity(Date.from(clock.instant()));
            Duration validity = Duration.between(
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant());
            if (validity.compareTo(LONGEST_VALIDITY) > 0) {
                throw new CertificateException(
                        "a certificate that is known by its hash may be valid for two weeks at most, not for "
                                + validity.toDays() + " days");
            }
            if (!(certificate.getPublicKey() instanceof ECPublicKey key)
                    || key.getParams().getCurve().getField().getFieldSize() != FIELD_BITS) {
                throw new CertificateException("a certificate that is known by its hash must be for P-256");
            }
        }
    }

    @Override
    public String toString() {
        return checksHost ? "by authority" : List.of(manager).toString();
    }
}
