package dev.capstan.gateway.options;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.ExtensionRegistry;
import dev.capstan.grpc.services.DescriptorPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files with descriptors of protobuf, as protoc writes them. */
public final class DescriptorFile {
    private DescriptorFile() {}

    /**
     * Reads a descriptor set.
     *
     * @param where what names it, for what is told: an option or a key
     * @throws InputException if there is none
     */
    public static DescriptorPool read(String where, Path workingFolder, Path file) throws InputException {
        try (InputStream in = Files.newInputStream(workingFolder.resolve(file))) {
            return DescriptorPool.of(FileDescriptorSet.parseFrom(in, ExtensionRegistry.getEmptyRegistry()));
        } catch (NoSuchFileException e) {
            throw new InputException(where + ": there is no file " + file + ".");
        } catch (IOException | IllegalArgumentException e) {
            throw new InputException(where + ": " + file
                    + " is no descriptor set with all its imports, as protoc --include_imports --descriptor_set_out=FILE writes it: "
                    + e.getMessage());
        }
    }
}
