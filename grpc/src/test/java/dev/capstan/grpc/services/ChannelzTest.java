package dev.capstan.grpc.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.Served;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.EchoStatus;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServerRequest;
import io.grpc.channelz.v1.GetServerSocketsRequest;
import io.grpc.channelz.v1.GetServerSocketsResponse;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.channelz.v1.GetSocketRequest;
import io.grpc.channelz.v1.GetTopChannelsRequest;
import io.grpc.channelz.v1.Server;
import io.grpc.channelz.v1.Socket;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelzTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000, 5);

    private Served served;

    @BeforeEach
    void open() {
        served = new Served(server -> server.service(new EchoService()).channelz(InstantSource.fixed(NOW)));
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private Channel channel(String client) {
        return client.equals("capstan") ? served.client().channel() : served.channel();
    }

    private static Server server(ChannelzGrpc.ChannelzBlockingStub channelz) {
        var answer = channelz.getServers(GetServersRequest.getDefaultInstance());
        assertTrue(answer.getEnd());
        assertEquals(1, answer.getServerCount());
        return answer.getServer(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"capstan", "grpc-java"})
    @Parity("GRPC-X2.1")
    void the_server_counts_its_calls(String client) {
        Channel channel = channel(client);
        TestServiceGrpc.TestServiceBlockingStub echo = TestServiceGrpc.newBlockingStub(channel);
        echo.emptyCall(Empty.getDefaultInstance());
        echo.emptyCall(Empty.getDefaultInstance());
        assertThrows(
                StatusRuntimeException.class,
                () -> echo.unaryCall(SimpleRequest.newBuilder()
                        .setResponseStatus(EchoStatus.newBuilder().setCode(3))
                        .build()));
        ChannelzGrpc.ChannelzBlockingStub channelz = ChannelzGrpc.newBlockingStub(channel);
        Server server = server(channelz);
        assertEquals(4, server.getData().getCallsStarted(), "this one included");
        assertEquals(2, server.getData().getCallsSucceeded());
        assertEquals(1, server.getData().getCallsFailed());
        assertEquals(
                NOW.getEpochSecond(),
                server.getData().getLastCallStartedTimestamp().getSeconds());
        assertEquals(5, server.getData().getLastCallStartedTimestamp().getNanos());
        assertEquals(
                server.getRef(),
                channelz.getServer(GetServerRequest.newBuilder()
                                .setServerId(server.getRef().getServerId())
                                .build())
                        .getServer()
                        .getRef());
    }

    @Test
    @Parity("GRPC-X2.2")
    void a_connection_is_told_with_its_address_and_streams_until_it_is_closed() throws Exception {
        ManagedChannel watcher = served.channel();
        ChannelzGrpc.ChannelzBlockingStub channelz = ChannelzGrpc.newBlockingStub(watcher);
        long id = server(channelz).getRef().getServerId();
        assertEquals(1, sockets(channelz, id, 0, 0).getSocketRefCount());
        ManagedChannel other = served.channel();
        TestServiceGrpc.newBlockingStub(other).emptyCall(Empty.getDefaultInstance());

        GetServerSocketsResponse first = sockets(channelz, id, 0, 1);
        assertEquals(1, first.getSocketRefCount());
        assertTrue(!first.getEnd());
        GetServerSocketsResponse second =
                sockets(channelz, id, first.getSocketRef(0).getSocketId() + 1, 5);
        assertEquals(1, second.getSocketRefCount());
        assertTrue(second.getEnd());

        GetSocketRequest of = GetSocketRequest.newBuilder()
                .setSocketId(second.getSocketRef(0).getSocketId())
                .build();
        Socket socket = channelz.getSocket(of).getSocket();
        assertEquals(1, socket.getData().getStreamsStarted());
        assertEquals(1, socket.getData().getStreamsSucceeded());
        assertEquals(
                NOW.getEpochSecond(),
                socket.getData().getLastRemoteStreamCreatedTimestamp().getSeconds());
        assertEquals(
                ByteString.copyFrom(new byte[] {127, 0, 0, 1}),
                socket.getRemote().getTcpipAddress().getIpAddress());
        assertTrue(socket.getRemote().getTcpipAddress().getPort() > 0);

        other.shutdownNow();
        other.awaitTermination(10, TimeUnit.SECONDS);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (sockets(channelz, id, 0, 0).getSocketRefCount() > 1) {
            assertTrue(System.nanoTime() < until, "a connection that is closed is told no more");
            Thread.onSpinWait();
        }
        assertEquals(Status.Code.NOT_FOUND, code(() -> channelz.getSocket(of)));
    }

    private static GetServerSocketsResponse sockets(
            ChannelzGrpc.ChannelzBlockingStub channelz, long server, long from, long most) {
        return channelz.getServerSockets(GetServerSocketsRequest.newBuilder()
                .setServerId(server)
                .setStartSocketId(from)
                .setMaxResults(most)
                .build());
    }

    private static Status.Code code(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(StatusRuntimeException.class, call).getStatus().getCode();
    }

    @Test
    @Parity("GRPC-X2.3")
    void channels_of_clients_are_told_by_grpc_java() {
        ChannelzGrpc.ChannelzBlockingStub channelz =
                ChannelzGrpc.newBlockingStub(served.client().channel());
        assertTrue(channelz.getTopChannels(GetTopChannelsRequest.getDefaultInstance())
                        .getChannelCount()
                > 0);
    }

    @Test
    @Parity("GRPC-X2.2")
    void what_is_not_there_is_not_found() {
        ChannelzGrpc.ChannelzBlockingStub channelz = ChannelzGrpc.newBlockingStub(served.channel());
        assertEquals(
                Status.Code.NOT_FOUND,
                code(() -> channelz.getServer(
                        GetServerRequest.newBuilder().setServerId(7).build())));
        assertEquals(
                Status.Code.NOT_FOUND,
                code(() -> channelz.getSocket(GetSocketRequest.newBuilder()
                        .setSocketId(Long.MAX_VALUE)
                        .build())));
        assertEquals(Status.Code.NOT_FOUND, code(() -> sockets(channelz, 7, 0, 0)));
    }
}
