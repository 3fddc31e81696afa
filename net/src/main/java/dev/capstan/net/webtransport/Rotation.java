package dev.capstan.net.webtransport;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Certificates that we issue to ourselves, one after the other: the one that is used, and the next. Both are published, so that a page which
 * learnt the hashes some days ago still knows the certificate that it meets. Each is used for {@link #TERM} after it has been the next for as long,
 * and is valid for longer than that.
 */
final class Rotation {
    /** Twice this must be less than what is left of the validity when a certificate is issued: 12.5 days. */
    static final Duration TERM = Duration.ofDays(6);

    private final InstantSource clock;
    private final SecureRandom random;
    private final String host;

    private Certificate current;
    private Certificate next;
    private Instant renewal;

    Rotation(ServerIdentity.SelfIssued identity) {
        this.clock = identity.clock();
        this.random = identity.random();
        this.host = identity.host();
        Instant now = clock.instant();
        current = Certificate.issue(now, random, host);
        next = Certificate.issue(now, random, host);
        renewal = now.plus(TERM);
    }

    Certificate current() {
        return current;
    }

    /** Those that a client may meet from now on, for {@link #TERM} at least. */
    List<CertificateHash> hashes() {
        return List.of(current.hash(), next.hash());
    }

    boolean isDue() {
        return !clock.instant().isBefore(renewal);
    }

    /** A certificate to be the next; may run on any thread. */
    Certificate issue() {
        return Certificate.issue(clock.instant(), random, host);
    }

    /** The next becomes the one that is used, unless it is too old for that after a long sleep; {@code fresh} is the next then. */
    void renew(Certificate fresh) {
        Instant now = clock.instant();
        boolean isOld = now.isAfter(renewal.plus(TERM));
        current = isOld ? fresh : next;
        next = fresh;
        renewal = now.plus(TERM);
    }
}
