package dev.capstan.grpc;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpServer;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The servers that everything is tried with. */
public enum ServerKind {
    OURS {
        @Override
        public Running start(NetLoop net, ServerServiceDefinition service, ServerInterceptor... interceptors) {
            GrpcServer.Builder builder = GrpcServer.on(net.loop()).service(service);
            for (ServerInterceptor each : interceptors) {
                builder.intercept(each);
            }
            GrpcServer grpc = builder.build();
            HttpServer http = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(),
                            net.network(),
                            new Address.Tcp("127.0.0.1", 0),
                            grpc.routes(),
                            dev.capstan.net.Limits.Http.DEFAULT))
                    .await();
            return new Running() {
                private boolean drained;

                @Override
                public int port() {
                    return ((Address.Tcp) http.address()).port();
                }

                @Override
                public int calls() {
                    return net.loop().fetch(() -> Promise.of(grpc.calls())).await();
                }

                @Override
                public void drain() {
                    end(Duration.ofMinutes(1));
                }

                @Override
                public void close() {
                    if (!drained) {
                        end(Duration.ZERO);
                    }
                }

                private void end(Duration within) {
                    drained = true;
                    net.loop()
                            .fetch(() -> {
                                http.close();
                                return grpc.drain(within);
                            })
                            .await();
                }
            };
        }
    },
    GRPC_JAVA {
        @Override
        public Running start(NetLoop net, ServerServiceDefinition service, ServerInterceptor... interceptors) {
            NettyServerBuilder builder = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(service);
            for (ServerInterceptor each : interceptors) {
                builder.intercept(each);
            }
            try {
                Server server = builder.build().start();
                return new Running() {
                    @Override
                    public int port() {
                        return server.getPort();
                    }

                    @Override
                    public int calls() {
                        return 0;
                    }

                    @Override
                    public void drain() {
                        end(server.shutdown());
                    }

                    @Override
                    public void close() {
                        end(server.shutdownNow());
                    }
                };
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    /** A server that listens on 127.0.0.1. */
    public interface Running extends AutoCloseable {
        int port();

        /** Calls that the server has; 0 from one that does not tell. */
        int calls();

        /** Ends well: takes no connection, lets calls end and waits for that. */
        void drain();

        /** Ends at once. */
        @Override
        void close();
    }

    /** Serves {@code service}; the interceptor that is named last sees calls first. */
    public abstract Running start(NetLoop net, ServerServiceDefinition service, ServerInterceptor... interceptors);

    private static void end(Server server) {
        try {
            if (!server.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server has calls that do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
