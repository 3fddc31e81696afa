package dev.capstan.gateway.frames;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Messages of gRPC, each with its length before it; the trailers of gRPC-Web among them. */
final class GrpcBody implements Body {
    private static final int HEAD = 5;
    private static final int TRAILERS = 0x80;

    private final Direction direction;
    private final Decoding decoding;
    private final Out out;
    private final String id;
    private final String path;
    private final @Nullable Descriptor type;
    private final boolean isSecret;
    private final Buffer in = new Buffer();

    GrpcBody(Direction direction, Decoding decoding, Out out, String id, String path) {
        this.direction = direction;
        this.decoding = decoding;
        this.out = out;
        this.id = id;
        this.path = decoding.plain(name(path));
        MethodDescriptor method = method(decoding, name(path));
        this.type = method == null
                ? null
                : direction == Direction.TO_SERVER ? method.getInputType() : method.getOutputType();
        this.isSecret = decoding.secrets().hides(path.substring(path.lastIndexOf('/') + 1));
    }

    /** A path without the slash that it begins with, as gRPC names methods. */
    static String name(String path) {
        return path.startsWith("/") ? path.substring(1) : path;
    }

    private static @Nullable MethodDescriptor method(Decoding decoding, String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0
                ? null
                : decoding.grpc()
                        .service(name.substring(0, slash))
                        .map(service -> service.findMethodByName(name.substring(slash + 1)))
                        .orElse(null);
    }

    @Override
    public void take(byte[] array, int offset, int length) {
        in.add(array, offset, length);
        while (in.size() >= HEAD) {
            long size = in.number(1, HEAD - 1);
            int flags = in.at(0);
            if (size > decoding.limits().messageBytes()) {
                in.drop(HEAD + size);
                put(frame("message", size)
                        .text("longer than the " + decoding.limits().messageBytes() + " bytes that are decoded"));
            } else if (in.size() >= HEAD + size) {
                in.drop(HEAD);
                message(flags, in.take((int) size));
            } else {
                return;
            }
        }
    }

    private Frame.Draft frame(String kind, long size) {
        return Frame.of("grpc", kind).id(id).method(path).bytes(size);
    }

    private void put(Frame.Draft frame) {
        out.put(direction, frame);
    }

    private void message(int flags, byte[] bytes) {
        if ((flags & TRAILERS) != 0) {
            Fields fields = new Fields();
            for (String line : new String(bytes, StandardCharsets.UTF_8).split("\r?\n", -1)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    fields.add(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            }
            put(GrpcStatus.of(fields, id, path, decoding).bytes(bytes.length));
        } else if ((flags & 1) != 0) {
            put(frame("message", bytes.length).text("compressed"));
        } else {
            put(frame("message", bytes.length).text(isSecret ? Secrets.MARK : text(bytes)));
        }
    }

    private String text(byte[] bytes) {
        if (type == null) {
            return "";
        }
        try {
            return new ProtoText(decoding).of(DynamicMessage.parseFrom(type, bytes));
        } catch (InvalidProtocolBufferException e) {
            return "no message of the type " + type.getFullName();
        }
    }

    @Override
    public void end() {
        if (in.size() > 0) {
            put(frame("cut", in.size()).broken("the stream ended inside a message"));
        }
    }
}
