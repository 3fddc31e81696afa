package dev.capstan.gateway;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.capstan.grpc.services.DescriptorPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a gRPC server serves; the same for every command that calls one. */
final class ProtoOption {
    @Option(
            names = {"--proto-set", "--protoset"},
            paramLabel = "FILE",
            description =
                    "For gRPC, the schemas of the server, as protoc --descriptor_set_out=FILE --include_imports writes them. By default the server is asked, by reflection.")
    private @Nullable Path set;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            description = "For gRPC, the full name of the one service that is meant. By default all.")
    private @Nullable String service;

    boolean isGiven() {
        return set != null;
    }

    @Nullable
    String service() {
        return service;
    }

    /** The service that is meant, of all those. @throws InputException if that is not clear */
    String one(Set<String> services) throws InputException {
        if (service != null) {
            return service;
        }
        List<String> own = services.stream()
                .filter(each -> !each.startsWith("grpc.reflection.") && !each.startsWith("grpc.health."))
                .toList();
        if (own.size() != 1) {
            throw new InputException("Say which service is meant: --service NAME. There are " + own + ".");
        }
        return own.getFirst();
    }

    /**
     * The schemas.
     *
     * @throws InputException if there are none, or they cannot be read
     */
    DescriptorPool load(Path workingFolder) throws InputException {
        if (set == null) {
            throw new InputException(
                    "There is no gRPC server to ask for its schemas. Name them: --proto-set FILE, as protoc --descriptor_set_out=FILE --include_imports writes them.");
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(workingFolder.resolve(set));
        } catch (IOException e) {
            throw new InputException("--proto-set: " + InputException.unreadable(set, e) + ".");
        }
        try {
            return DescriptorPool.of(FileDescriptorSet.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new InputException("--proto-set: " + set
                    + " is no descriptor set; protoc --descriptor_set_out=FILE --include_imports writes one.");
        } catch (IllegalArgumentException e) {
            throw new InputException("--proto-set: " + set + ": " + e.getMessage() + ".");
        }
    }
}
