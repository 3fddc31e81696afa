package dev.capstan.grpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.ConnectProxy;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.net.Limits;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is logged at the finest level while calls carry secrets. */
class LogsTest {
    private static final String SECRET = "planted-secret-5f3a";

    /**
     * grpc-netty writes each frame of HTTP/2 into these logs at FINE, headers included, and has no switch for it: whoever turns them on sees credentials.
     */
    private static final List<String> FRAMES =
            List.of("io.grpc.netty.NettyClientHandler", "io.grpc.netty.NettyServerHandler");

    private final Logger root = Logger.getLogger("");
    private final Logger grpc = Logger.getLogger("io.grpc");
    private final Level before = root.getLevel();
    private final List<Handler> silenced = new ArrayList<>();
    private final Captured captured = new Captured();

    private static final class Captured extends Handler {
        private final List<LogRecord> records = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void capture() {
        for (Handler each : root.getHandlers()) {
            root.removeHandler(each);
            silenced.add(each);
        }
        root.setLevel(Level.ALL);
        root.addHandler(captured);
        assertTrue(grpc.isLoggable(Level.FINEST));
    }

    @AfterEach
    void restore() {
        root.removeHandler(captured);
        root.setLevel(before);
        silenced.forEach(root::addHandler);
    }

    private static String text(LogRecord record) {
        StringWriter text = new StringWriter();
        text.append(new SimpleFormatter().formatMessage(record));
        if (record.getThrown() != null) {
            record.getThrown().printStackTrace(new PrintWriter(text));
        }
        return text.toString();
    }

    private void checkThatNothingShows(List<String> secrets) {
        assertTrue(captured.records.size() > 0, "something was logged");
        List<String> shown = new ArrayList<>();
        for (LogRecord each : captured.records) {
            if (FRAMES.contains(each.getLoggerName())) {
                continue;
            }
            String text = text(each).toLowerCase(Locale.ROOT);
            for (String secret : secrets) {
                if (text.contains(secret.toLowerCase(Locale.ROOT))) {
                    shown.add(each.getLoggerName() + " " + each.getLevel() + ": " + text);
                }
            }
        }
        assertEquals(List.of(), shown);
    }

    @Test
    @Parity("GRPC-P10.5")
    void credentials_and_keys_are_not_logged_outside_the_frame_log_of_grpc_netty() throws Exception {
        Authority authority = new Authority("authority");
        Authority.Identity server = authority.issue("server", "127.0.0.1");
        Authority.Identity client = authority.issue("client");
        var context = authority.server(server.shown());
        var credentials = authority.client(client.shown());
        try (Served served = new Served(
                builder -> builder.service(new EchoService()),
                net -> new TlsNetwork(net.loop(), net.network(), context, Limits.Tls.DEFAULT)
                        .offering("h2")
                        .clientCertificates(true),
                Served.ANY_PORT,
                Limits.Http2.DEFAULT)) {
            GrpcClient calls = served.client(builder -> builder.tls(credentials));
            CallSettings secret = CallSettings.DEFAULT.with(CallMetadata.EMPTY
                    .with("authorization", "Bearer " + SECRET)
                    .with("cookie", "session=" + SECRET)
                    .with("x-api-key", SECRET));
            calls.one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), secret);
            GrpcFailure failure = assertThrows(
                    GrpcFailure.class,
                    () -> calls.one(
                            TestServiceGrpc.getUnaryCallMethod(),
                            SimpleRequest.newBuilder()
                                    .setResponseStatus(EchoStatus.newBuilder().setCode(13))
                                    .build(),
                            secret));
            assertTrue(!failure.toString().contains(SECRET));
            assertThrows(
                    GrpcFailure.class,
                    () -> calls.one(TestServiceGrpc.getUnimplementedCallMethod(), Empty.getDefaultInstance(), secret));
        }
        List<String> secrets = new ArrayList<>(List.of(SECRET));
        for (Authority.Identity each : List.of(server, client)) {
            byte[] key =
                    ((java.security.interfaces.ECPrivateKey) each.key()).getS().toByteArray();
            secrets.add(HexFormat.of().formatHex(key));
            secrets.add(Base64.getEncoder().encodeToString(each.key().getEncoded()));
            secrets.add(
                    ((java.security.interfaces.ECPrivateKey) each.key()).getS().toString());
        }
        checkThatNothingShows(secrets);
    }

    @Test
    @Parity("GRPC-P10.5")
    void the_password_of_a_proxy_is_not_logged() throws Exception {
        try (ConnectProxy proxy = new ConnectProxy("alice", SECRET);
                Served served = new Served(builder -> builder.service(new EchoService()))) {
            served.client(builder -> builder.plaintext().proxies(PathsTest.through(proxy, "alice", SECRET)))
                    .one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT);
            GrpcClient unknown =
                    served.client(builder -> builder.plaintext().proxies(PathsTest.through(proxy, "bob", SECRET)));
            assertThrows(
                    GrpcFailure.class,
                    () -> unknown.one(
                            TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT));
        }
        List<String> secrets = new ArrayList<>(List.of(SECRET));
        for (String name : List.of("alice", "bob")) {
            secrets.add(Base64.getEncoder().encodeToString((name + ":" + SECRET).getBytes(StandardCharsets.UTF_8)));
        }
        checkThatNothingShows(secrets);
    }
}
