package dev.capstan.gateway;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.connect.ClientSettings;
import dev.capstan.capnweb.connect.ReconnectingClient;
import dev.capstan.gateway.grpc.GrpcBridge;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.server.GrpcServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import io.grpc.ServerServiceDefinition;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** What the gateway listens with besides Cap'n Web, where one of its sides is gRPC. Each method gives the address when it listens. */
final class GrpcFronts {
    private final NetLoop net;
    private final Loop loop;
    private final Address at;

    /** Will listen at {@code at}. */
    GrpcFronts(NetLoop net, Address at) {
        this.net = net;
        this.loop = net.loop();
        this.at = at;
    }

    /**
     * A Cap'n Proto server of {@code type} as a service for gRPC.
     *
     * @throws IllegalArgumentException if they do not match
     */
    Address ofCapnp(GrpcBridge bridge, String service, InterfaceSchema type, Address server) {
        return loop.fetch(() -> {
                    Upstream upstream = new Upstream(loop, net.network(), server);
                    ServerServiceDefinition front =
                            bridge.ofCapnp(service, new Bridge(loop, Limits.DEFAULT), type, upstream::bootstrap);
                    // Whether there is a server is told now, and not to the first client.
                    return upstream.bootstrap().then(object -> {
                        object.close();
                        return listen(List.of(front));
                    });
                })
                .await();
    }

    /** Objects of a Cap'n Web server as services for gRPC: the main object is the only one if {@code isMain}, else it has them where their packages say. */
    Address ofWeb(GrpcBridge bridge, List<String> services, boolean isMain, WireUrl server) {
        SecureRandom random = new SecureRandom();
        HttpClient http = new HttpClient(loop, net.network(), random, dev.capstan.net.Limits.Http.DEFAULT);
        WebClient web = new WebClient(loop, http);
        return loop.fetch(() -> web.open(server.uri()).then(there -> {
                    there.close();
                    ReconnectingClient client =
                            new ReconnectingClient(loop, () -> web.open(server.uri()), ClientSettings.DEFAULT, random);
                    List<ServerServiceDefinition> fronts = new ArrayList<>();
                    for (String service : services) {
                        Stub object = isMain ? client.main() : place(client.main(), service);
                        fronts.add(bridge.ofWeb(
                                service, () -> Promise.of(object.cap().share())));
                    }
                    return listen(fronts);
                }))
                .await();
    }

    private static Stub place(Stub main, String service) {
        Stub at = main;
        for (String step : service.split("\\.", -1)) {
            at = at.get(step);
        }
        return at;
    }

    private Promise<Address> listen(List<ServerServiceDefinition> services) {
        GrpcServer.Builder server = GrpcServer.on(loop).reflection();
        services.forEach(server::service);
        return HttpServer.listen(loop, net.network(), at, server.build().routes(), dev.capstan.net.Limits.Http.DEFAULT)
                .map(HttpServer::address);
    }

    /**
     * A service of a gRPC server as an object for Cap'n Proto.
     *
     * @throws IllegalArgumentException if they do not match
     */
    Address toCapnp(GrpcBridge bridge, String service, InterfaceSchema type, GrpcUpstream server) {
        return loop.fetch(() -> {
                    Cap object = bridge.toCapnp(server.client(), service, new Bridge(loop, Limits.DEFAULT), type);
                    Vat vat = Vat.on(loop)
                            .servingEach(visitor -> GatewayCommand.border(loop, object.share()))
                            .build();
                    return vat.listen(net.network(), at).map(Network.Listener::address);
                })
                .await();
    }
}
