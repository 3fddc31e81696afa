package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Membrane;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import io.grpc.ServerServiceDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Joins gRPC and the other wires: services are objects, and objects are services, by the descriptors of {@code .proto} files. These come from a descriptor set, from generated classes, or from
 * the server by {@link dev.capstan.grpc.services.ReflectionClient}.
 *
 * <p>How messages and methods are translated is told in {@code docs/gateway-grpc.md}. Belongs to the thread of its loop, as everything that it makes does.
 */
public final class GrpcBridge {
    private final Loop loop;
    private final DescriptorPool schemas;
    private final Limits limits;
    private final Visitors visitors;

    /** A bridge on {@code loop}, on which all wires have their sessions. */
    public GrpcBridge(Loop loop, DescriptorPool schemas, Limits limits) {
        this(loop, schemas, limits, Membrane.Limits.DEFAULT);
    }

    /** As above. {@code visitors} is what the calls of one connection of gRPC may have on their way, and hold, of the objects that services stand in front of. */
    public GrpcBridge(Loop loop, DescriptorPool schemas, Limits limits, Membrane.Limits visitors) {
        this.loop = loop;
        this.schemas = schemas;
        this.limits = limits;
        this.visitors = new Visitors(loop, visitors);
    }

    /** Connections of gRPC that have calls under way. */
    int visitors() {
        return visitors.size();
    }

    /** What a method is called on the other wires. */
    public static String nameOf(MethodDescriptor method) {
        String name = method.getName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** The services that the files declare, by their full names. */
    public Map<String, ServiceDescriptor> services() {
        Map<String, ServiceDescriptor> all = new LinkedHashMap<>();
        for (FileDescriptor file : schemas.files()) {
            file.getServices().forEach(each -> all.putIfAbsent(each.getFullName(), each));
        }
        return all;
    }

    private ServiceDescriptor service(String name) {
        return schemas.service(name)
                .orElseThrow(() -> new IllegalArgumentException("there is no service '" + name
                        + "' among the loaded files; there are " + services().keySet()));
    }

    /**
     * Whether all services of the files can be called over Cap'n Web.
     *
     * @throws IllegalArgumentException if there is something that cannot; it says what, and what to do
     */
    public void check() {
        WebServices.places(services().values());
    }

    /** As {@link #check()}, of one service. */
    public void check(String service) {
        ServiceNames.check(service(service));
    }

    /**
     * A gRPC server as an object of Cap'n Web, whose services are where their packages say: {@code api.helloworld.Greeter.sayHello({name: 'x'})}. Borrows {@code client}, which has to be of the same
     * loop; the caller owns the result.
     *
     * @throws IllegalArgumentException if something in the services cannot be translated; it says what
     */
    public Cap toWeb(GrpcClient client) {
        return web(client).all(services().values()).on(loop);
    }

    /**
     * One service of a gRPC server as an object of Cap'n Web. As {@link #toWeb(GrpcClient)}.
     *
     * @param service its full name, as in {@code helloworld.Greeter}
     */
    public Cap toWeb(GrpcClient client, String service) {
        return web(client).of(service(service)).on(loop);
    }

    /**
     * One service of a gRPC server as a Cap'n Proto object of {@code schema}, whose methods and structs have to be the same by their names. Borrows {@code client}; the caller owns the result.
     *
     * @param bridge of the same loop; translates between the two forms of Cap'n Proto and Cap'n Web on the way
     * @throws IllegalArgumentException if the two do not match; it says where, and what to do
     */
    public Cap toCapnp(GrpcClient client, String service, Bridge bridge, InterfaceSchema schema) {
        Matching matching = new Matching();
        List<MatchedMethod> methods = MatchedMethod.all(schema, service(service), matching);
        Calls calls = new Calls(loop, client, new Codec(matching, schemas, limits));
        return bridge.toCapnp(
                schema, new CapnpService(limits, calls).of(methods).on(loop));
    }

    /**
     * A service in front of an object of Cap'n Web.
     *
     * @param object gives the object for each call, which owns it; on the loop
     */
    public ServerServiceDefinition ofWeb(String service, Supplier<Promise<Cap>> object) {
        ServiceDescriptor found = service(service);
        ServiceNames.check(found);
        return new Front(loop, new Codec(Dialect.WEB, schemas, limits), object, true, visitors).of(found);
    }

    /**
     * A service in front of a Cap'n Proto object of {@code schema}, whose methods and structs have to be the same by their names.
     *
     * @param bridge of the same loop; translates between the two forms of Cap'n Proto and Cap'n Web on the way
     * @param object gives the object for each call, which owns it; on the loop
     * @throws IllegalArgumentException if the two do not match, or capabilities are in the signatures; it says where, and what to do
     */
    public ServerServiceDefinition ofCapnp(
            String service, Bridge bridge, InterfaceSchema schema, Supplier<Promise<Cap>> object) {
        Matching matching = new Matching();
        ServiceDescriptor found = service(service);
        MatchedMethod.checkFront(found, schema, matching);
        Bridge.check(schema);
        return new Front(
                        loop,
                        new Codec(matching, schemas, limits),
                        () -> object.get().map(cap -> bridge.toWeb(schema, cap)),
                        false,
                        visitors)
                .of(found);
    }

    private WebServices web(GrpcClient client) {
        Codec codec = new Codec(Dialect.WEB, schemas, limits);
        return new WebServices(loop, codec, new Calls(loop, client, codec));
    }
}
