package dev.capstan.gateway;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.async.Loop;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A gRPC server, whose schemas came from itself or from a file. */
final class GrpcRemote implements Remote {
    private final Loop loop;
    private final GrpcClient client;
    private final DescriptorPool schemas;
    private final CallMetadata metadata;
    private final Patience patience;
    private final Tally tally = new Tally();
    private final ProtoJson json;

    /** Takes ownership of {@code client}. */
    GrpcRemote(Loop loop, GrpcClient client, DescriptorPool schemas, CallMetadata metadata, Patience patience) {
        this.loop = loop;
        this.client = client;
        this.schemas = schemas;
        this.metadata = metadata;
        this.patience = patience;
        this.json = new ProtoJson(schemas);
    }

    GrpcClient client() {
        return client;
    }

    CallSettings settings() {
        Duration left = patience.left();
        CallSettings settings = CallSettings.DEFAULT.with(metadata);
        return left == null ? settings : settings.within(left);
    }

    ProtoJson json() {
        return json;
    }

    List<ServiceDescriptor> services() {
        return schemas.files().stream()
                .flatMap(file -> file.getServices().stream())
                .sorted(Comparator.comparing(ServiceDescriptor::getFullName))
                .toList();
    }

    /** The method of a full name, with a dot or a slash before its last part. */
    MethodDescriptor method(String name) throws InputException {
        int last = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'));
        String service = name.substring(0, Math.max(0, last));
        String method = name.substring(last + 1);
        Optional<ServiceDescriptor> found = schemas.service(service);
        if (found.isEmpty()) {
            throw new InputException("There is no service '" + service + "'. There are "
                    + String.join(
                            ", ",
                            services().stream()
                                    .map(ServiceDescriptor::getFullName)
                                    .toList())
                    + ".");
        }
        MethodDescriptor known = found.get().findMethodByName(method);
        if (known == null) {
            throw new InputException("There is no method '" + method + "' of " + service + ". It has "
                    + String.join(
                            ", ",
                            found.get().getMethods().stream()
                                    .map(MethodDescriptor::getName)
                                    .toList())
                    + ".");
        }
        return known;
    }

    @Override
    public Ref root() {
        return new GrpcRef(this, "");
    }

    @Override
    public List<String> list() {
        List<String> lines = new ArrayList<>();
        for (ServiceDescriptor service : services()) {
            lines.add("service " + service.getFullName());
            for (MethodDescriptor method : service.getMethods()) {
                lines.add("  " + ProtoText.signature(method));
            }
        }
        return lines;
    }

    @Override
    public void check() {
        // Whatever answers is asked when it is connected to.
    }

    @Override
    public String describe(String name) throws InputException {
        String full = name.replace('/', '.');
        Descriptors.FileDescriptor file = schemas.symbol(full)
                .orElseThrow(() -> new InputException(
                        "There is no '" + name + "' in the server's schemas. `capstan ls` lists its services."));
        return ProtoText.definition(file, full);
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public void close() {
        client.drain(Duration.ZERO).await();
    }
}
