package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import dev.capstan.grpc.services.DescriptorPool;
import org.jspecify.annotations.Nullable;

/** How an {@code Any} says what it holds: as JSON has it. */
final class AnyType {
    /** The member with the URL of its type. */
    static final String NAME = "@type";

    /** The member with the content, where that is not an object with fields. */
    static final String VALUE = "value";

    private AnyType() {}

    /** The type behind a URL; null if it is not known. */
    static @Nullable Descriptor find(DescriptorPool types, String url) {
        return types.message(url.substring(url.lastIndexOf('/') + 1)).orElse(null);
    }
}
