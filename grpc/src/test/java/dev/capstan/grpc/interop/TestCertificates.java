package dev.capstan.grpc.interop;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The certificates of the official programs, which are in their jar: for a server called {@link #HOST} and from an authority of their own. */
final class TestCertificates {
    static final String HOST = "foo.test.google.fr";

    private final byte[] authority;
    private final byte[] certificate;
    private final byte[] key;

    private TestCertificates(byte[] authority, byte[] certificate, byte[] key) {
        this.authority = authority;
        this.certificate = certificate;
        this.key = key;
    }

    /** Those of the jar, which has been installed. */
    static TestCertificates load() throws IOException {
        return new TestCertificates(
                OfficialPeer.resource("certs/ca.pem"),
                OfficialPeer.resource("certs/server1.pem"),
                OfficialPeer.resource("certs/server1.key"));
    }

    ServerCredentials server() throws IOException {
        return TlsServerCredentials.create(new ByteArrayInputStream(certificate), new ByteArrayInputStream(key));
    }

    ChannelCredentials client() throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(new ByteArrayInputStream(authority))
                .build();
    }

    /** Shows the server's certificate. */
    SSLContext context() throws Exception {
        String pem = new String(key, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----", "");
        PrivateKey secret = KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
        Certificate[] chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(certificate))
                .toArray(Certificate[]::new);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", secret, new char[0], chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
