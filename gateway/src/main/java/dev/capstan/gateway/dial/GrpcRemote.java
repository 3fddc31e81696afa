package dev.capstan.gateway.dial;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.gateway.options.InputException;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.grpc.services.DescriptorPool;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A gRPC server, whose schemas came from itself or from a file. */
final class GrpcRemote implements Remote {
    private final Loop loop;
    private final GrpcClient client;
    private final DescriptorPool schemas;
    private final CallMetadata metadata;
    private final Patience patience;
    private final Tally tally = new Tally();
    private final ProtoJson json;
    /** What the server has said of itself; empty if it does not. */
    private volatile String health = "";

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
        patience.await(loop.fetch(this::ping));
    }

    @Override
    public Promise<Void> ping() {
        return client.ask(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance(), settings())
                .<Void>map(answer -> {
                    health = answer.getStatus().name();
                    return Promise.nothing();
                })
                .recover(failure -> {
                    if (failure instanceof GrpcFailure told
                            && (told.code() == Status.Code.UNIMPLEMENTED || told.code() == Status.Code.NOT_FOUND)) {
                        health = "";
                        return Promise.done();
                    }
                    return Promise.failed(failure);
                });
    }

    @Override
    public String greeting() {
        return "gRPC" + (health.isEmpty() ? "" : ": health is " + health)
                + (services().isEmpty() ? "" : ", " + services().size() + " services are known");
    }

    @Override
    public List<String> warnings() {
        List<String> found = new ArrayList<>();
        if (services().isEmpty()) {
            found.add("the server does not tell its schemas by reflection: calls need --protoset FILE");
        }
        if (health.isEmpty()) {
            found.add("there is no health service, which balancers and probes ask: serve grpc.health.v1.Health");
        } else if (!health.equals("SERVING")) {
            found.add("the server says of itself that it is " + health);
        }
        return found;
    }

    @Override
    public String limits() {
        return "an answer may have " + (Limits.DEFAULT.inboundMessageBytes() >> 20)
                + " MiB here; the server does not tell its own limits";
    }

    @Override
    public List<String> members(@Nullable Ref start, List<CallPath.Step> steps) {
        if (start instanceof GrpcAnswer answer) {
            return steps.isEmpty() ? answer.fields() : List.of();
        }
        StringBuilder prefix = new StringBuilder();
        for (CallPath.Step each : steps) {
            if (!(each instanceof CallPath.Step.Name(String name))) {
                return List.of();
            }
            prefix.append(name).append('.');
        }
        return services().stream()
                .flatMap(service -> service.getMethods().stream())
                .map(method -> method.getFullName() + "(")
                .filter(full -> full.startsWith(prefix.toString()))
                .map(full -> full.substring(prefix.length()))
                .toList();
    }

    @Override
    public SequencedMap<String, Integer> tables() {
        SequencedMap<String, Integer> tables = new LinkedHashMap<>();
        tables.put("calls", client.calls());
        return tables;
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
