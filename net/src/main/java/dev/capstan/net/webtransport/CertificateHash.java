package dev.capstan.net.webtransport;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The SHA-256 of a certificate: what a page puts into {@code serverCertificateHashes: [{algorithm: "sha-256", value}]}. A value.
 *
 * @param hex 64 digits in lower case
 */
public record CertificateHash(String hex) {
    private static final int BYTES = 32;

    /** Checks the form; capitals become small, and colons between the bytes are left out. */
    public CertificateHash {
        hex = hex.replace(":", "").toLowerCase(Locale.ROOT);
        if (hex.length() != 2 * BYTES || !hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(
                    "the SHA-256 of a certificate has 64 hexadecimal digits, unlike '" + hex + "'");
        }
    }

    /** The hash of {@code certificate} in its DER form. */
    public static CertificateHash of(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new CertificateHash(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("the certificate has no DER form", e);
        }
    }

    /** In Base64, which is shorter: {@code Uint8Array.fromBase64} reads it. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes());
    }

    /** The 32 bytes, the caller's to keep. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
