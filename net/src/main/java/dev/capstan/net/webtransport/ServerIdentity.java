package dev.capstan.net.webtransport;

import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;

/**
 * Who a server is: a certificate with its key, or the certificates that it issues to itself, one after the other.
 *
 * <p>Certificates of its own need no authority: a page that knows their hashes, from a place it trusts, gives them to the browser. Browsers take
 * such a certificate only if it is for P-256 and valid for two weeks at most, so the server makes a new one in good time.
 */
public sealed interface ServerIdentity {
    /**
     * Certificates that the server issues to itself and renews while it runs; {@link WebTransportServer#hashes} has their hashes.
     *
     * @param clock the calendar's time, which certificates are dated by
     * @param random for keys and serial numbers
     * @param host name or address that is written into them, which nobody checks who knows the hash
     */
    static ServerIdentity selfIssued(InstantSource clock, SecureRandom random, String host) {
        return new SelfIssued(clock, random, host);
    }

    /**
     * A certificate that clients trust for another reason, with those that lead to its authority, its own first.
     *
     * @throws IllegalArgumentException if there is none
     */
    static ServerIdentity of(PrivateKey key, List<X509Certificate> chain) {
        return new Fixed(key, List.copyOf(chain));
    }

    /** See {@link #selfIssued}. */
    record SelfIssued(InstantSource clock, SecureRandom random, String host) implements ServerIdentity {}

    /** See {@link #of}. */
    record Fixed(PrivateKey key, List<X509Certificate> chain) implements ServerIdentity {
        /** Checks that there is a certificate. */
        public Fixed {
            if (chain.isEmpty()) {
                throw new IllegalArgumentException("a server needs a certificate");
            }
        }

        /** Without the key. */
        @Override
        public String toString() {
            return chain.getFirst().getSubjectX500Principal().toString();
        }
    }
}
