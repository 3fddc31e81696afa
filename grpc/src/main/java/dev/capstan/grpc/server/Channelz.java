package dev.capstan.grpc.server;

import com.google.protobuf.Timestamp;
import dev.capstan.async.Loop;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.Peer;
import io.grpc.Status;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetChannelRequest;
import io.grpc.channelz.v1.GetChannelResponse;
import io.grpc.channelz.v1.GetServerRequest;
import io.grpc.channelz.v1.GetServerResponse;
import io.grpc.channelz.v1.GetServerSocketsRequest;
import io.grpc.channelz.v1.GetServerSocketsResponse;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.channelz.v1.GetServersResponse;
import io.grpc.channelz.v1.GetSocketRequest;
import io.grpc.channelz.v1.GetSocketResponse;
import io.grpc.channelz.v1.GetSubchannelRequest;
import io.grpc.channelz.v1.GetSubchannelResponse;
import io.grpc.channelz.v1.GetTopChannelsRequest;
import io.grpc.channelz.v1.GetTopChannelsResponse;
import io.grpc.channelz.v1.Security;
import io.grpc.channelz.v1.Server;
import io.grpc.channelz.v1.ServerData;
import io.grpc.channelz.v1.ServerRef;
import io.grpc.channelz.v1.Socket;
import io.grpc.channelz.v1.SocketData;
import io.grpc.channelz.v1.SocketRef;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code grpc.channelz.v1.Channelz} tells of one server: its calls, and the connections of the port that it is served on. Channels of clients are told by grpc-java, which knows those
 * of the process and numbers them from 1; ours have numbers that those do not reach. Belongs to the loop.
 */
final class Channelz extends ChannelzGrpc.ChannelzImplBase implements HttpRoutes.ConnectionListener {
    private static final long SERVER = 1L << 40;
    private static final int PAGE = 100;

    private final Loop loop;
    private final InstantSource clock;
    private final ChannelzService clients = ChannelzService.newInstance(PAGE);
    private final Count calls = new Count();
    private final IdentityHashMap<Peer, Connection> byPeer = new IdentityHashMap<>();
    private final TreeMap<Long, Connection> byId = new TreeMap<>();
    private long lastId = SERVER;

    private static final class Count {
        private long started;
        private long succeeded;
        private long failed;
        private @Nullable Instant last;

        void ended(boolean well) {
            if (well) {
                succeeded++;
            } else {
                failed++;
            }
        }
    }

    private static final class Connection {
        private final long id;
        private final Peer peer;
        private final Count streams = new Count();

        Connection(long id, Peer peer) {
            this.id = id;
            this.peer = peer;
        }

        SocketRef ref() {
            return SocketRef.newBuilder()
                    .setSocketId(id)
                    .setName(peer.address() == null ? peer.protocol() : peer.protocol() + " from " + peer.address())
                    .build();
        }
    }

    Channelz(Loop loop, InstantSource clock) {
        this.loop = loop;
        this.clock = clock;
    }

    // ---- what happens

    @Override
    public void opened(Peer peer) {
        Connection connection = new Connection(++lastId, peer);
        byPeer.put(peer, connection);
        byId.put(connection.id, connection);
    }

    @Override
    public void closed(Peer peer) {
        Connection gone = byPeer.remove(peer);
        if (gone != null) {
            byId.remove(gone.id);
        }
    }

    void started(Peer over) {
        Instant now = clock.instant();
        calls.started++;
        calls.last = now;
        Connection connection = byPeer.get(over);
        if (connection != null) {
            connection.streams.started++;
            connection.streams.last = now;
        }
    }

    void ended(Peer over, boolean well) {
        calls.ended(well);
        Connection connection = byPeer.get(over);
        if (connection != null) {
            connection.streams.ended(well);
        }
    }

    // ---- what is told

    private <T> void answer(StreamObserver<T> to, Supplier<T> what) {
        Runnable action = () -> {
            try {
                to.onNext(what.get());
                to.onCompleted();
            } catch (io.grpc.StatusRuntimeException e) {
                to.onError(e);
            }
        };
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.post(action);
        }
    }

    private static RuntimeException notFound(String what, long id) {
        return Status.NOT_FOUND
                .withDescription("there is no " + what + " " + id + " here")
                .asRuntimeException();
    }

    private static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }

    private static int page(long asked) {
        return asked <= 0 ? PAGE : (int) Math.min(PAGE, asked);
    }

    private Server server() {
        ServerData.Builder data = ServerData.newBuilder()
                .setCallsStarted(calls.started)
                .setCallsSucceeded(calls.succeeded)
                .setCallsFailed(calls.failed);
        if (calls.last != null) {
            data.setLastCallStartedTimestamp(timestamp(calls.last));
        }
        return Server.newBuilder()
                .setRef(ServerRef.newBuilder().setServerId(SERVER).setName("GrpcServer"))
                .setData(data)
                .build();
    }

    @Override
    public void getServers(GetServersRequest request, StreamObserver<GetServersResponse> to) {
        answer(to, () -> {
            GetServersResponse.Builder servers = GetServersResponse.newBuilder().setEnd(true);
            return request.getStartServerId() > SERVER
                    ? servers.build()
                    : servers.addServer(server()).build();
        });
    }

    @Override
    public void getServer(GetServerRequest request, StreamObserver<GetServerResponse> to) {
        answer(to, () -> {
            check(request.getServerId());
            return GetServerResponse.newBuilder().setServer(server()).build();
        });
    }

    private static void check(long server) {
        if (server != SERVER) {
            throw notFound("server", server);
        }
    }

    @Override
    public void getServerSockets(GetServerSocketsRequest request, StreamObserver<GetServerSocketsResponse> to) {
        answer(to, () -> {
            check(request.getServerId());
            GetServerSocketsResponse.Builder page = GetServerSocketsResponse.newBuilder();
            int most = page(request.getMaxResults());
            for (Connection each :
                    byId.tailMap(request.getStartSocketId(), true).values()) {
                if (page.getSocketRefCount() == most) {
                    return page.build();
                }
                page.addSocketRef(each.ref());
            }
            return page.setEnd(true).build();
        });
    }

    @Override
    public void getSocket(GetSocketRequest request, StreamObserver<GetSocketResponse> to) {
        if (request.getSocketId() <= SERVER) {
            clients.getSocket(request, to);
            return;
        }
        answer(to, () -> {
            Connection found = byId.get(request.getSocketId());
            if (found == null) {
                throw notFound("socket", request.getSocketId());
            }
            return GetSocketResponse.newBuilder().setSocket(socket(found)).build();
        });
    }

    private static Socket socket(Connection of) {
        SocketData.Builder data = SocketData.newBuilder()
                .setStreamsStarted(of.streams.started)
                .setStreamsSucceeded(of.streams.succeeded)
                .setStreamsFailed(of.streams.failed);
        if (of.streams.last != null) {
            data.setLastRemoteStreamCreatedTimestamp(timestamp(of.streams.last));
        }
        Socket.Builder socket = Socket.newBuilder().setRef(of.ref()).setData(data);
        if (of.peer.address() != null) {
            socket.setRemote(PeerProtos.address(of.peer.address()));
        }
        if (of.peer.tls() != null) {
            socket.setSecurity(Security.newBuilder().setTls(PeerProtos.tls(of.peer.tls())));
        }
        return socket.build();
    }

    // ---- grpc-java's

    @Override
    public void getTopChannels(GetTopChannelsRequest request, StreamObserver<GetTopChannelsResponse> to) {
        clients.getTopChannels(request, to);
    }

    @Override
    public void getChannel(GetChannelRequest request, StreamObserver<GetChannelResponse> to) {
        clients.getChannel(request, to);
    }

    @Override
    public void getSubchannel(GetSubchannelRequest request, StreamObserver<GetSubchannelResponse> to) {
        clients.getSubchannel(request, to);
    }
}
