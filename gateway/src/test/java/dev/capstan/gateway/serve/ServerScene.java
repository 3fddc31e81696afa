package dev.capstan.gateway.serve;

import com.google.protobuf.DoubleValue;
import com.google.protobuf.StringValue;
import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.Operator;
import dev.capstan.gateway.port.CapnpSockets;
import dev.capstan.gateway.serve.Configuration.Served;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.WebChannel;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.tls.TlsNetwork;
import dev.capstan.net.webtransport.CertificateHash;
import dev.capstan.net.webtransport.ServerTrust;
import io.grpc.MethodDescriptor;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server of all objects at loopback, and clients of each wire. */
public final class ServerScene implements AutoCloseable {
    static final MethodDescriptor<StringValue, DoubleValue> EVALUATE =
            MethodDescriptor.<StringValue, DoubleValue>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(CalculatorService.NAME, "Evaluate"))
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DoubleValue.getDefaultInstance()))
                    .build();

    private static final Address.Tcp ANYWHERE = new Address.Tcp("127.0.0.1", 0);

    public final NetLoop net = NetLoop.open("serve", Transport.AUTO);
    public final Loop loop = net.loop();
    public final SecureRandom random = new SecureRandom();
    public final Server server;
    public final String authority;
    private final @Nullable Pems pems;
    private final @Nullable Pems own;
    private final @Nullable SSLContext trusting;
    private final List<AutoCloseable> owned = new ArrayList<>();

    /** A server as {@code change} wants it. */
    public ServerScene(UnaryOperator<Configuration> change, @Nullable Pems pems, @Nullable Pems own)
            throws IOException, GeneralSecurityException {
        this(change, pems, own, List.of());
    }

    /** A server as {@code change} wants it, with TLS if there are {@code pems}; clients show {@code own} if it is not null. */
    ServerScene(UnaryOperator<Configuration> change, @Nullable Pems pems, @Nullable Pems own, List<Offer> more)
            throws IOException, GeneralSecurityException {
        this.pems = pems;
        this.own = own;
        this.trusting = pems == null ? null : Pems.client(pems, own);
        List<Served> served = List.of(
                new Served.Named("/calculator", "calculator"),
                new Served.Named("/chat", "chat"),
                new Served.Named("/files", "files"));
        List<Offer> offers = new ArrayList<>(loop.fetch(() -> {
                    DemoObjects objects = new DemoObjects(
                            loop,
                            Clock.systemUTC(),
                            new Bridge(loop, dev.capstan.gateway.translate.Limits.DEFAULT),
                            new SchemaLoader());
                    return Promise.of(List.of(
                            objects.offer("/calculator", "calculator"),
                            objects.offer("/chat", "chat"),
                            objects.offer("/files", "files")));
                })
                .await());
        offers.addAll(more);
        server = Server.start(
                        net,
                        change.apply(Configuration.of(ANYWHERE, served)),
                        offers,
                        UnaryOperator.identity(),
                        UnaryOperator.identity(),
                        random,
                        Instant::now)
                .await();
        authority = server.address().toString();
    }

    /** With TLS if {@code pems} are given. */
    public static UnaryOperator<Configuration> with(@Nullable Pems pems) {
        return pems == null
                ? UnaryOperator.identity()
                : configuration -> configuration.withTls(new Configuration.Tls(
                        pems.certificate(), pems.key(), java.time.Duration.ZERO, Configuration.Clients.NOTHING, null));
    }

    private <T extends AutoCloseable> T own(T resource) {
        owned.add(resource);
        return resource;
    }

    public <T> T onLoop(java.util.function.Supplier<Promise<T>> work) {
        return loop.fetch(work::get).await();
    }

    private Network tls(String... applications) {
        return trusting == null
                ? net.network()
                : new TlsNetwork(loop, net.network(), trusting, Limits.Tls.DEFAULT).offering(applications);
    }

    private String scheme(String plain) {
        return trusting == null ? plain : plain + "s";
    }

    URI uri(String scheme, String path) {
        return URI.create(scheme(scheme) + "://" + authority + path);
    }

    HttpClient http() {
        HttpClient plain = new HttpClient(loop, net.network(), random, Limits.Http.DEFAULT);
        return trusting == null ? plain : plain.secure(tls("http/1.1"));
    }

    HttpResponse get(String path) {
        return onLoop(() -> http().send("GET", uri("http", path), Headers.of(), new byte[0]));
    }

    // ---- Cap'n Proto

    private Vat vat() {
        return own(Vat.on(loop).build());
    }

    /** With TLS, ALPN offers {@code applications}. */
    Peer capnp(String... applications) {
        return vat().connect(tls(applications), server.address()).await();
    }

    Peer capnpOverWebSocket() {
        Vat vat = vat();
        return onLoop(() -> CapnpSockets.connect(vat, http(), uri("ws", "/capnp")));
    }

    /** The calculator, which has answered: the server knows by now that it is held. */
    public Calculator.Client calculator() {
        Calculator.Client calculator = own(capnp().bootstrap(Calculator.TYPE));
        try (var answer = calculator.getOperator(params -> params.setOp(Operator.ADD))) {
            answer.await();
        }
        return calculator;
    }

    public static double literal(Peer peer, double number) {
        try (Calculator.Client calculator = peer.bootstrap(Calculator.TYPE);
                var answer =
                        calculator.evaluate(params -> params.initExpression().setLiteral(number));
                var value = answer.getValue();
                var read = value.read()) {
            return read.await().getNumber();
        }
    }

    // ---- Cap'n Web

    WebPeer webSocket(String path) {
        return own(new WebClient(loop, http()).connect(uri("ws", path)));
    }

    WebPeer batch(String path) {
        return own(new WebClient(loop, http()).batch(uri("http", path)));
    }

    WebPeer webTransport(String path) throws GeneralSecurityException {
        List<CertificateHash> hashes = pems == null
                ? server.hashes()
                : List.of(CertificateHash.of((X509Certificate)
                        pems.store().getCertificate(pems.store().aliases().nextElement())));
        WebClient client = new WebClient(loop, http())
                .overWebTransport(net, ServerTrust.hashes(Instant::now, hashes), Limits.WebTransport.DEFAULT);
        return own(client.connect(URI.create("https://" + authority + path)));
    }

    public double literal(WebPeer peer, double number) {
        Stub main = Stub.of(loop, peer.main());
        Object result = main.call("evaluate", Map.of("expression", Map.of("literal", number)))
                .get("value")
                .call("read")
                .value()
                .await();
        return ((Number) Objects.requireNonNull(((Map<?, ?>) result).get("number"))).doubleValue();
    }

    // ---- gRPC

    GrpcClient grpc() throws IOException {
        GrpcClient.Builder builder = GrpcClient.on(net).to(server.address());
        if (pems == null) {
            return own(builder.plaintext().build());
        }
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder()
                .trustManager(pems.certificate().toFile());
        if (own != null) {
            credentials.keyManager(own.certificate().toFile(), own.key().toFile());
        }
        return own(builder.tls(credentials.build()).build());
    }

    GrpcClient grpcWeb() {
        WebChannel channel = new WebChannel(loop, http(), uri("http", "/"), true, dev.capstan.grpc.Limits.DEFAULT);
        return own(GrpcClient.over(loop, channel));
    }

    static double evaluated(GrpcClient client, String expression) {
        return client.one(EVALUATE, StringValue.of(expression), CallSettings.DEFAULT)
                .getValue();
    }

    @Override
    public void close() {
        for (AutoCloseable each : owned.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new AssertionError("what the test has opened cannot be closed", e);
            }
        }
        net.close();
    }
}
