package dev.capstan.gateway.options;

import dev.capstan.grpc.services.DescriptorPool;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a gRPC server serves; the same for every command that calls one. */
public final class ProtoOption {
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

    public boolean isGiven() {
        return set != null;
    }

    @Nullable
    public String service() {
        return service;
    }

    /** The service that is meant, of all those. @throws InputException if that is not clear */
    public String one(Set<String> services) throws InputException {
        return service != null ? service : only(services, "--service NAME");
    }

    /** As {@link #one}, where nobody has said; {@code how} is how to say it. */
    public static String only(Set<String> services, String how) throws InputException {
        List<String> own = services.stream()
                .filter(each -> !each.startsWith("grpc.reflection.") && !each.startsWith("grpc.health."))
                .toList();
        if (own.size() != 1) {
            throw new InputException("Say which service is meant: " + how + ". There are " + own + ".");
        }
        return own.getFirst();
    }

    /**
     * The schemas.
     *
     * @throws InputException if there are none, or they cannot be read
     */
    public DescriptorPool load(Path workingFolder) throws InputException {
        if (set == null) {
            throw new InputException(
                    "There is no gRPC server to ask for its schemas. Name them: --proto-set FILE, as protoc --descriptor_set_out=FILE --include_imports writes them.");
        }
        return DescriptorFile.read("--proto-set", workingFolder, set);
    }
}
