package dev.capstan.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A method whose messages are bytes, and which counts those that were written. */
public final class ByteCalls {
    /** Messages that were made ready to be sent, on either side. */
    public final AtomicInteger written = new AtomicInteger();

    /** Both sides stream. */
    public final MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("test.Bytes/Exchange")
            .setRequestMarshaller(new Marshaller())
            .setResponseMarshaller(new Marshaller())
            .build();

    private final class Marshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            written.incrementAndGet();
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The service with {@code handler} for its method. */
    public ServerServiceDefinition service(ServerCallHandler<byte[], byte[]> handler) {
        return ServerServiceDefinition.builder("test.Bytes")
                .addMethod(method, handler)
                .build();
    }
}
