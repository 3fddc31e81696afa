package dev.capstan.capnpc.source;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The schemas among this module's resources. */
final class StandardSchemas implements SourceFiles {
    private static final String PREFIX = "capnp/";

    @Override
    public byte @Nullable [] read(String path) throws IOException {
        if (!path.startsWith(PREFIX) || !path.endsWith(".capnp")) {
            return null;
        }
        String resource = "/dev/capstan/capnpc/standard/" + path.substring(PREFIX.length());
        try (InputStream in = StandardSchemas.class.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    @Override
    public String name(String path) {
        return "/" + path;
    }
}
