package dev.capstan.grpc.security;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Vouches for key pairs that tests need. */
final class Authority {
    private static final Duration YEAR = Duration.ofDays(365);

    private final String name;
    private final KeyPair keys = keys();
    final X509Certificate certificate;

    /** A key pair with its certificate. */
    record Identity(PrivateKey key, X509Certificate certificate) {
        /** What shows it, until it is given another one. */
        AdvancedTlsX509KeyManager shown() {
            AdvancedTlsX509KeyManager shown = new AdvancedTlsX509KeyManager();
            showIn(shown);
            return shown;
        }

        // snippet replace
        void showIn(AdvancedTlsX509KeyManager manager) {
            manager.updateIdentityCredentials(new X509Certificate[] {certificate}, key);
        }
        // end snippet
    }

    Authority(String name) throws Exception {
        this.name = "CN=" + name;
        Instant now = Instant.now();
        this.certificate = sign(keys, this.name, now.minus(YEAR), now.plus(YEAR), true);
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private X509Certificate sign(KeyPair of, String subject, Instant from, Instant to, boolean ca, GeneralName... names)
            throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(name),
                new BigInteger(64, new SecureRandom()),
                Date.from(from),
                Date.from(to),
                new X500Name(subject),
                of.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    /** A key pair for these names: addresses if they begin with a digit, hosts else. */
    Identity issue(String subject, String... names) throws Exception {
        Instant now = Instant.now();
        return issue(subject, now.minus(YEAR), now.plus(YEAR), names);
    }

    Identity issue(String subject, Instant from, Instant to, String... names) throws Exception {
        KeyPair made = keys();
        GeneralName[] all = Arrays.stream(names)
                .map(each -> new GeneralName(
                        Character.isDigit(each.charAt(0)) ? GeneralName.iPAddress : GeneralName.dNSName, each))
                .toArray(GeneralName[]::new);
        return new Identity(made.getPrivate(), sign(made, "CN=" + subject, from, to, false, all));
    }

    /** Trust in this authority alone. */
    TrustManager[] trust() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", certificate);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    // snippet contexts
    /** A server that shows {@code own} and trusts clients of this authority. */
    SSLContext server(KeyManager own) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {own}, trust(), null);
        return context;
    }

    /** A client that trusts this authority and shows {@code own}, if any. */
    ChannelCredentials client(KeyManager... own) throws Exception {
        TlsChannelCredentials.Builder credentials =
                TlsChannelCredentials.newBuilder().trustManager(trust());
        return own.length == 0
                ? credentials.build()
                : credentials.keyManager(own).build();
    }
    // end snippet
}
