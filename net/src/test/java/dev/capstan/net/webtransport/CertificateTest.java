package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that a server issues to itself, and how clients trust it. */
class CertificateTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private final SecureRandom random = new SecureRandom();
    private Instant now = START;

    private Certificate issue(String host) {
        return Certificate.issue(now, random, host);
    }

    @Nested
    class Issued {
        @Test
        @Parity({"PY-004", "PY-019"})
        void a_certificate_is_what_browsers_demand_of_one_that_is_known_by_its_hash() throws Exception {
            X509Certificate certificate = issue("localhost").certificate();
            assertEquals(3, certificate.getVersion());
            assertEquals("SHA256withECDSA", certificate.getSigAlgName());
            assertEquals(
                    256,
                    ((ECPublicKey) certificate.getPublicKey())
                            .getParams()
                            .getCurve()
                            .getField()
                            .getFieldSize());
            Instant from = certificate.getNotBefore().toInstant();
            Instant to = certificate.getNotAfter().toInstant();
            assertTrue(from.isBefore(START) && START.isBefore(to));
            assertTrue(Duration.between(from, to).compareTo(Duration.ofDays(14)) < 0);
            certificate.verify(certificate.getPublicKey());
        }

        @Test
        @Parity({"PY-005", "PY-007", "PY-008"})
        void a_certificate_names_its_host() throws Exception {
            assertEquals(
                    "[[2, a.example]]", "" + issue("a.example").certificate().getSubjectAlternativeNames());
            assertEquals(
                    "[[7, 127.0.0.1]]", "" + issue("127.0.0.1").certificate().getSubjectAlternativeNames());
            assertEquals(
                    "[[7, 0:0:0:0:0:0:0:1]]", "" + issue("::1").certificate().getSubjectAlternativeNames());
        }

        @Test
        @Parity({"PY-011", "PY-012"})
        void a_certificate_for_this_machine_names_its_addresses_too() throws Exception {
            assertEquals(
                    "[[2, localhost], [7, 127.0.0.1], [7, 0:0:0:0:0:0:0:1]]",
                    "" + issue("localhost").certificate().getSubjectAlternativeNames());
        }

        @Test
        @Parity({"PY-018", "PY-021"})
        void a_certificate_says_what_it_is_for_and_leaves_its_host_to_the_alternative_names() {
            X509Certificate certificate = issue("a.example").certificate();
            assertEquals(-1, certificate.getBasicConstraints(), "it vouches for no other");
            assertArrayEquals(
                    new boolean[] {true, false, false, false, false, false, false, false, false},
                    certificate.getKeyUsage());
            // Basic constraints and key usage.
            assertEquals(Set.of("2.5.29.19", "2.5.29.15"), certificate.getCriticalExtensionOIDs());
            assertEquals(Set.of("2.5.29.17"), certificate.getNonCriticalExtensionOIDs());
            // RFC 9525, 2: clients look for the host in the alternative names alone.
            assertEquals("CN=Capstan", certificate.getSubjectX500Principal().toString());
            assertEquals(certificate.getSubjectX500Principal(), certificate.getIssuerX500Principal());
        }

        @Test
        @Parity({"PY-014", "PY-015", "PY-016", "PY-017", "PY-023", "PY-024"})
        void key_and_certificate_have_the_forms_in_which_other_programs_keep_them(@TempDir Path folder)
                throws Exception {
            Certificate issued = issue("localhost");
            Path certificate = Files.write(
                    folder.resolve("localhost.crt"), issued.certificate().getEncoded());
            Path key = Files.write(folder.resolve("localhost.key"), issued.key().getEncoded());
            assertEquals(issued.certificate(), read(certificate));
            assertEquals(
                    issued.key(),
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(key))));
            assertThrows(NoSuchFileException.class, () -> read(folder.resolve("nonexistent.crt")));
            assertThrows(CertificateException.class, () -> read(key));
            byte[] wrong = Files.readAllBytes(certificate);
            assertThrows(
                    InvalidKeySpecException.class,
                    () -> KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(wrong)));
        }

        private static X509Certificate read(Path file) throws Exception {
            try (InputStream in = Files.newInputStream(file)) {
                return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            }
        }

        @Test
        @Parity("PY-022")
        void no_two_are_the_same_and_none_shows_its_key() {
            Certificate one = issue("localhost");
            Certificate other = issue("localhost");
            assertNotEquals(one.hash(), other.hash());
            assertNotEquals(
                    one.certificate().getSerialNumber(), other.certificate().getSerialNumber());
            assertEquals("certificate " + one.hash().hex(), one.toString());
        }

        @Test
        void a_hash_is_read_in_the_forms_in_which_it_is_written() {
            CertificateHash hash = issue("localhost").hash();
            String colons = hash.hex().toUpperCase(java.util.Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
            assertEquals(hash, new CertificateHash(colons));
            assertEquals(32, hash.bytes().length);
            assertEquals(44, hash.base64().length());
            assertThrows(IllegalArgumentException.class, () -> new CertificateHash("abc"));
            assertThrows(IllegalArgumentException.class, () -> new CertificateHash("x".repeat(64)));
        }
    }

    @Nested
    class Renewed {
        private final Rotation rotation = new Rotation(new ServerIdentity.SelfIssued(() -> now, random, "localhost"));

        @Test
        void the_next_certificate_is_published_before_it_is_used() {
            List<CertificateHash> before = rotation.hashes();
            assertEquals(rotation.current().hash(), before.get(0));
            now = now.plus(Rotation.TERM).minusSeconds(1);
            assertFalse(rotation.isDue());
            now = now.plusSeconds(1);
            assertTrue(rotation.isDue());
            rotation.renew(rotation.issue());
            assertFalse(rotation.isDue());
            assertEquals(before.get(1), rotation.current().hash());
            assertEquals(before.get(1), rotation.hashes().get(0));
            assertFalse(before.contains(rotation.hashes().get(1)));
        }

        @Test
        void each_is_valid_for_as_long_as_it_is_used() throws Exception {
            for (int i = 0; i < 20; i++) {
                rotation.current().certificate().checkValidity(java.util.Date.from(now));
                now = now.plus(Rotation.TERM);
                rotation.current().certificate().checkValidity(java.util.Date.from(now));
                rotation.renew(rotation.issue());
            }
        }

        @Test
        void after_a_long_sleep_none_is_used_that_has_expired() throws Exception {
            now = now.plus(Duration.ofDays(100));
            rotation.renew(rotation.issue());
            rotation.current().certificate().checkValidity(java.util.Date.from(now));
        }
    }

    @Nested
    class Trusted {
        private final List<Sessions> open = new ArrayList<>();

        @AfterEach
        void close() {
            open.forEach(Sessions::close);
        }

        private Sessions serving(Certificate certificate) {
            Sessions sessions = new Sessions(
                    Transport.AUTO,
                    Sessions.LIMITS,
                    routes -> routes,
                    ServerIdentity.of(certificate.key(), List.of(certificate.certificate())));
            open.add(sessions);
            return sessions;
        }

        private ServerTrust hash(Certificate certificate) {
            return ServerTrust.hashes(() -> now, List.of(certificate.hash()));
        }

        private static KeyStore store(X509Certificate certificate) throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("server", certificate);
            return store;
        }

        @Test
        @Parity("PY-415")
        void a_server_is_known_by_its_hash() {
            Certificate certificate = issue("whatever.example");
            Sessions sessions = serving(certificate);
            sessions.loop().await(WebTransportClient.connect(sessions.net, sessions.url("/"), hash(certificate)));
            assertEquals(List.of(), sessions.server.hashes());
        }

        @Test
        void a_server_with_another_hash_is_refused() {
            Sessions sessions = serving(issue("localhost"));
            String failure = sessions.failure("/", hash(issue("localhost")));
            assertTrue(failure.startsWith("cannot open a WebTransport session with https://127.0.0.1:"), failure);
            assertEquals(List.of(), sessions.accepted);
        }

        @Test
        @Parity("PY-013")
        void a_certificate_that_has_expired_is_refused_though_its_hash_is_right() {
            Certificate certificate = issue("localhost");
            Sessions sessions = serving(certificate);
            ServerTrust trust = hash(certificate);
            now = now.plus(Duration.ofDays(12));
            sessions.loop().await(WebTransportClient.connect(sessions.net, sessions.url("/"), trust));
            now = now.plus(Duration.ofDays(1));
            String failure = sessions.failure("/", trust);
            assertTrue(failure.startsWith("cannot open"), failure);
        }

        @Test
        @Parity({"PY-010", "PY-020"})
        void a_server_is_known_by_an_authority_and_its_host() throws Exception {
            // PKIX has the system's clock.
            now = Instant.now();
            Certificate right = issue("127.0.0.1");
            Sessions sessions = serving(right);
            sessions.loop()
                    .await(WebTransportClient.connect(
                            sessions.net, sessions.url("/"), ServerTrust.store(store(right.certificate()))));
            String unknown = sessions.failure(
                    "/", ServerTrust.store(store(issue("127.0.0.1").certificate())));
            assertTrue(unknown.startsWith("cannot open"), unknown);
            String system = sessions.failure("/", ServerTrust.system());
            assertTrue(system.startsWith("cannot open"), system);
            Certificate elsewhere = issue("elsewhere.example");
            Sessions wrong = serving(elsewhere);
            String failure = wrong.failure("/", ServerTrust.store(store(elsewhere.certificate())));
            assertTrue(failure.startsWith("cannot open"), failure);
            assertEquals(List.of(), wrong.accepted);
        }

        @Test
        @Parity({"PY-011", "PY-415"})
        void a_server_is_known_by_an_authority_and_another_name_of_its_host() throws Exception {
            now = Instant.now();
            Certificate local = issue("localhost");
            Sessions sessions = serving(local);
            ServerTrust trust = ServerTrust.store(store(local.certificate()));
            sessions.loop().await(WebTransportClient.connect(sessions.net, sessions.url("/"), trust));
            var named =
                    java.net.URI.create("https://localhost:" + sessions.url("/").getPort() + "/");
            sessions.loop().await(WebTransportClient.connect(sessions.net, named, trust));
        }

        @Test
        @Parity({"PY-006", "PY-416", "PY-421"})
        void a_server_may_have_a_certificate_and_a_key_of_another_kind() throws Exception {
            now = Instant.now();
            for (String[] kind : new String[][] {{"EC", "384", "SHA384withECDSA"}, {"RSA", "3072", "SHA256withRSA"}}) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance(kind[0]);
                generator.initialize(Integer.parseInt(kind[1]));
                KeyPair pair = generator.generateKeyPair();
                X500Name name = new X500Name("CN=its own");
                X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.TWO,
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(60)),
                        name,
                        pair.getPublic());
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
                X509Certificate certificate = new JcaX509CertificateConverter()
                        .getCertificate(builder.build(new JcaContentSignerBuilder(kind[2]).build(pair.getPrivate())));
                Sessions sessions = new Sessions(
                        Transport.AUTO,
                        Sessions.LIMITS,
                        routes -> routes,
                        ServerIdentity.of(pair.getPrivate(), List.of(certificate)));
                open.add(sessions);
                sessions.loop()
                        .await(WebTransportClient.connect(
                                sessions.net, sessions.url("/"), ServerTrust.store(store(certificate))));
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ServerIdentity.of(issue("localhost").key(), List.of()));
        }

        @Test
        void a_server_renews_its_certificate_and_who_knew_the_next_still_knows_it() {
            NetLoop net = NetLoop.onThisThread(Transport.AUTO);
            try {
                WebTransportServer server = net.loop()
                        .await(WebTransportServer.listen(
                                net,
                                Sessions.local(0),
                                ServerIdentity.selfIssued(() -> now, random, "localhost"),
                                WebTransportRoutes.none().on("/", session -> {}),
                                Sessions.LIMITS,
                                null,
                                Duration.ofMillis(5)));
                List<CertificateHash> before = server.hashes();
                now = now.plus(Rotation.TERM);
                while (server.hashes().equals(before)) {
                    net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
                }
                var url = java.net.URI.create(
                        "https://127.0.0.1:" + server.address().getPort());
                net.loop().await(WebTransportClient.connect(net, url, ServerTrust.hashes(() -> now, before)));
                ServerTrust old = ServerTrust.hashes(() -> now, List.of(before.getFirst()));
                assertThrows(RuntimeException.class, () -> net.loop().await(WebTransportClient.connect(net, url, old)));
            } finally {
                net.close();
            }
        }
    }
}
