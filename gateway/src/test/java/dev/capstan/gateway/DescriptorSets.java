package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** Files of schemas with all that they import. */
final class DescriptorSets {
    private DescriptorSets() {}

    static SequencedSet<FileDescriptor> ofTestService() {
        ProtoFileDescriptorSupplier supplier = assertInstanceOf(
                ProtoFileDescriptorSupplier.class,
                TestServiceGrpc.getServiceDescriptor().getSchemaDescriptor());
        SequencedSet<FileDescriptor> found = new LinkedHashSet<>();
        List<FileDescriptor> waiting = new ArrayList<>(List.of(supplier.getFileDescriptor()));
        while (!waiting.isEmpty()) {
            FileDescriptor next = waiting.removeFirst();
            found.add(next);
            waiting.addAll(next.getDependencies());
        }
        return found;
    }
}
