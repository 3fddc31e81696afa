package dev.capstan.gateway.serve;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.async.Address;
import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.gateway.console.Console;
import dev.capstan.gateway.grpc.GrpcBridge;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.client.WebChannel;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.grpc.services.DescriptorPool;
import dev.capstan.net.Limits;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The services of a gRPC server, for the console of the same process: it calls them as clients of gRPC-Web do, over pipes in memory. Belongs to its loop. */
final class OwnServices implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OwnServices.class.getName());
    private static final URI BASE = URI.create("http://console.invalid/");

    private final Loop loop;
    private final HttpServer http;
    private final GrpcClient client;

    OwnServices(Loop loop, GrpcServer server, RandomGenerator random) {
        this.loop = loop;
        this.http = new HttpServer(loop, server.routes(), Limits.Http.DEFAULT);
        HttpClient asking = new HttpClient(loop, new Pipes(), random, Limits.Http.DEFAULT);
        this.client = GrpcClient.over(loop, new WebChannel(loop, asking, BASE, false, dev.capstan.grpc.Limits.DEFAULT));
    }

    private final class Pipes implements Network {
        @Override
        public Promise<ByteStream> connect(Address address) {
            BytePipe pipe = new BytePipe(loop);
            http.accept(pipe.right());
            return Promise.of(pipe.left());
        }

        @Override
        public Promise<Listener> listen(Address address, Consumer<ByteStream> onAccept) {
            throw new AssertionError("a client does not listen");
        }
    }

    /** Shows each of which the descriptor is known and which Cap'n Web has names for. */
    void show(List<ServerServiceDefinition> services, Console console) {
        for (ServerServiceDefinition each : services) {
            if (each.getServiceDescriptor().getSchemaDescriptor() instanceof ProtoFileDescriptorSupplier known) {
                show(known.getFileDescriptor(), each.getServiceDescriptor().getName(), console);
            }
        }
    }

    private void show(FileDescriptor file, String name, Console console) {
        GrpcBridge bridge =
                new GrpcBridge(loop, DescriptorPool.of(List.of(file)), dev.capstan.gateway.translate.Limits.DEFAULT);
        ServiceDescriptor service = bridge.services().get(name);
        if (service == null) {
            return;
        }
        try {
            console.serving(service, bridge.toWeb(client, name));
        } catch (IllegalArgumentException e) {
            LOG.log(System.Logger.Level.INFO, "the console leaves out " + name + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        client.close();
        http.close();
    }
}
