package dev.capstan.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Methods whose messages are bytes, and which count those that were written. */
public final class ByteCalls {
    /** Messages that were made ready to be sent, on either side. */
    public final AtomicInteger written = new AtomicInteger();

    /** Both sides stream. */
    public final MethodDescriptor<byte[], byte[]> method =
            method(MethodDescriptor.MethodType.BIDI_STREAMING, "Exchange");

    /** One message each. */
    public final MethodDescriptor<byte[], byte[]> unary = method(MethodDescriptor.MethodType.UNARY, "Answer");

    private MethodDescriptor<byte[], byte[]> method(MethodDescriptor.MethodType type, String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Bytes", name))
                .setRequestMarshaller(new Marshaller())
                .setResponseMarshaller(new Marshaller())
                .build();
    }

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

    /** The service with {@code handler} for the method that streams. */
    public ServerServiceDefinition service(ServerCallHandler<byte[], byte[]> handler) {
        return ServerServiceDefinition.builder("test.Bytes")
                .addMethod(method, handler)
                .build();
    }

    /** The service with a handler for each method. */
    public ServerServiceDefinition service(
            ServerCallHandler<byte[], byte[]> streams, ServerCallHandler<byte[], byte[]> answers) {
        return ServerServiceDefinition.builder("test.Bytes")
                .addMethod(method, streams)
                .addMethod(unary, answers)
                .build();
    }
}
