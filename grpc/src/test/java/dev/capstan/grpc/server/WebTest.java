package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.InteropService;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC-Web over HTTP/1.1, as a client without trailers speaks it. */
class WebTest {
    private NetLoop net;
    private HttpServer server;
    private final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void open() throws Exception {
        net = NetLoop.open("grpc-web", Transport.AUTO);
        GrpcServer grpc = GrpcServer.on(net.loop())
                .service(new InteropService((time, never) -> {}))
                .intercept(new Cancelled())
                .build();
        server = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(),
                        net.network(),
                        new Address.Tcp("127.0.0.1", 0),
                        grpc.routes(),
                        dev.capstan.net.Limits.Http.DEFAULT))
                .await();
    }

    /** Tells of calls that nobody waits for any more. */
    private final class Cancelled implements ServerInterceptor {
        @Override
        public <Q, S> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                @Override
                public void onCancel() {
                    cancelled.add(call.getMethodDescriptor().getFullMethodName());
                    super.onCancel();
                }
            };
        }
    }

    @AfterEach
    void close() {
        client.close();
        net.close();
    }

    private static byte[] framed(byte[] message) {
        byte[] frame = new byte[5 + message.length];
        frame[4] = (byte) message.length;
        System.arraycopy(message, 0, frame, 5, message.length);
        return frame;
    }

    private HttpResponse<byte[]> ask(String method, String type, byte[] body) throws Exception {
        URI uri = URI.create(
                "http://127.0.0.1:" + ((Address.Tcp) server.address()).port() + "/grpc.testing.TestService/" + method);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .header("content-type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static final byte[] REQUEST =
            framed(SimpleRequest.newBuilder().setResponseSize(3).build().toByteArray());

    private static void assertAnswer(byte[] body) throws Exception {
        int length = body[4];
        SimpleResponse answer = SimpleResponse.parseFrom(Arrays.copyOfRange(body, 5, 5 + length));
        assertArrayEquals(new byte[3], answer.getPayload().getBody().toByteArray());
        assertEquals((byte) 0x80, body[5 + length]);
        assertEquals(
                "grpc-status: 0\r\n",
                new String(body, 10 + length, body.length - 10 - length, StandardCharsets.US_ASCII));
    }

    @Test
    @Parity("GRPC-X6.1")
    void the_end_is_a_frame_of_the_body() throws Exception {
        HttpResponse<byte[]> answer = ask("UnaryCall", "application/grpc-web+proto", REQUEST);
        assertEquals(
                "application/grpc-web+proto",
                answer.headers().firstValue("content-type").orElse(""));
        assertAnswer(answer.body());
    }

    @Test
    @Parity("GRPC-X6.1")
    void as_text_every_frame_is_base64_with_padding_of_its_own() throws Exception {
        HttpResponse<byte[]> answer = ask(
                "UnaryCall", "application/grpc-web-text", Base64.getEncoder().encode(REQUEST));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String text = new String(answer.body(), StandardCharsets.US_ASCII);
        for (String piece : text.split("(?<==)(?!=)", 0)) {
            body.write(Base64.getDecoder().decode(piece));
        }
        assertAnswer(body.toByteArray());
    }

    @Test
    @Parity("GRPC-G4.2")
    void a_failure_before_any_message_is_told_in_the_headers() throws Exception {
        HttpResponse<byte[]> answer = ask("CacheableUnaryCall", "application/grpc-web", REQUEST);
        assertEquals(200, answer.statusCode());
        assertEquals("12", answer.headers().firstValue("grpc-status").orElse(""));
        assertEquals(0, answer.body().length);
    }

    @Test
    @Parity("GRPC-G3.3")
    void what_is_not_grpc_is_refused_with_415() throws Exception {
        assertEquals(
                415, ask("UnaryCall", "application/json", new byte[] {'{', '}'}).statusCode());
    }

    @Test
    @Parity("GRPC-F7.2")
    void many_small_messages_in_one_piece_are_delivered_one_after_the_other() throws Exception {
        // The handler asks for the next message within each: as deep as there are messages, if nobody took care.
        byte[] piece = new byte[5 * 200_000];
        HttpResponse<byte[]> answer = ask("StreamingInputCall", "application/grpc-web", piece);
        String end = new String(answer.body(), StandardCharsets.US_ASCII);
        assertEquals("grpc-status: 0", end.substring(end.indexOf("grpc-status")).strip());
    }

    @Test
    @Parity("GRPC-X6.1")
    void a_client_that_goes_away_while_its_call_runs_cancels_it() throws Exception {
        byte[] body = framed(StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(ResponseParameters.newBuilder().setSize(1))
                .addResponseParameters(
                        ResponseParameters.newBuilder().setSize(1).setIntervalUs(Integer.MAX_VALUE))
                .build()
                .toByteArray());
        String head = "POST /grpc.testing.TestService/StreamingOutputCall HTTP/1.1\r\nHost: h\r\n"
                + "Content-Type: application/grpc-web\r\nContent-Length: " + body.length + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ((Address.Tcp) server.address()).port())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            assertEquals('H', socket.getInputStream().read());
            socket.shutdownOutput();
            assertEquals("grpc.testing.TestService/StreamingOutputCall", cancelled.poll(10, TimeUnit.SECONDS));
        }
    }
}
