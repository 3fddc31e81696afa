package dev.capstan.net.webtransport;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate that we have issued, of the kind that browsers take by its hash (W3C WebTransport, "custom certificate requirements"): X.509 v3,
 * ECDSA on P-256, valid for two weeks at most.
 */
record Certificate(PrivateKey key, X509Certificate certificate, CertificateHash hash) {
    /** A day less than browsers allow. */
    static final Duration VALIDITY = Duration.ofDays(13);
    /** Clocks of clients that are behind ours. */
    static final Duration BACKDATED = Duration.ofHours(12);

    private static final int SERIAL_BITS = 127;

    /** A new one. Takes some milliseconds. */
    static Certificate issue(Instant now, SecureRandom random, String host) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.CN, "Capstan")
                    .build();
            Instant from = now.minus(BACKDATED);
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    new BigInteger(SERIAL_BITS, random).setBit(0),
                    Date.from(from),
                    Date.from(from.plus(VALIDITY)),
                    name,
                    pair.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternativeNames(host)));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                            .setSecureRandom(random)
                            .build(pair.getPrivate())));
            return new Certificate(pair.getPrivate(), certificate, CertificateHash.of(certificate));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("this Java runtime cannot make certificates for P-256", e);
        }
    }

    /** This machine is also known by its addresses, of which clients check the one that they were given. */
    private static GeneralName[] alternativeNames(String host) {
        return host.equalsIgnoreCase("localhost")
                ? new GeneralName[] {alternativeName(host), alternativeName("127.0.0.1"), alternativeName("::1")}
                : new GeneralName[] {alternativeName(host)};
    }

    private static GeneralName alternativeName(String host) {
        boolean isAddress = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "certificate " + hash;
    }
}
