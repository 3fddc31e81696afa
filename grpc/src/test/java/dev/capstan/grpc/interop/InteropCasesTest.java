package dev.capstan.grpc.interop;

import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.ChannelCaller;
import dev.capstan.testprotos.InteropCases;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The official cases, of clients and servers that are here: ours and grpc-java's. */
class InteropCasesTest {
    private static final int ITERATIONS = 20;

    private NetLoop net;

    @BeforeEach
    void open() {
        net = NetLoop.open("interop", Transport.AUTO);
    }

    @AfterEach
    void close() {
        net.close();
    }

    static Stream<String> cases() {
        return new InteropCases(
                        witness -> {
                            throw new UnsupportedOperationException();
                        },
                        1)
                .names().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Parity({"GRPC-S1.1", "GRPC-P9.2", "GRPC-G7.1", "GRPC-F6.1", "GRPC-F7.1"})
    void our_client_and_our_server(String name) throws Exception {
        try (Serving server = Serving.own(null)) {
            GrpcCaller.cases(net, server.port(), null, ITERATIONS).run(name);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Parity({"GRPC-S1.6", "GRPC-S2.1"})
    @LongRun
    void our_client_and_the_server_of_grpc_java(String name) throws Exception {
        try (Serving server = Serving.grpcJava(null)) {
            GrpcCaller.cases(net, server.port(), null, ITERATIONS).run(name);
        }
    }

    /** The cases themselves are right if these two agree on them. */
    @ParameterizedTest
    @MethodSource("cases")
    @LongRun
    void the_client_and_the_server_of_grpc_java(String name) throws Exception {
        try (Serving server = Serving.grpcJava(null)) {
            new InteropCases(
                            witness -> {
                                ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                                        .usePlaintext()
                                        .intercept(witness)
                                        .build();
                                return new ChannelCaller(channel, channel::shutdownNow);
                            },
                            ITERATIONS)
                    .run(name);
        }
    }
}
