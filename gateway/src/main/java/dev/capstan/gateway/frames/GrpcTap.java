package dev.capstan.gateway.frames;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.function.Consumer;

/** Shows calls of a gRPC client whose connections are not to be had as streams: heads, messages of protobuf and how each call ends. Each call is a session. */
final class GrpcTap implements ClientInterceptor {
    private static final String BINARY = Metadata.BINARY_HEADER_SUFFIX;

    private final Tap tap;

    GrpcTap(Tap tap) {
        this.tap = tap;
    }

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
        Telling telling = new Telling(method.getFullMethodName());
        return new SimpleForwardingClientCall<Q, S>(next.newCall(method, options)) {
            @Override
            public void start(Listener<S> listener, Metadata headers) {
                Fields fields = fields(headers);
                telling.put(
                        Direction.TO_SERVER, decoding -> frame("call").text(fields.shown(decoding, "content-type")));
                super.start(
                        new SimpleForwardingClientCallListener<S>(listener) {
                            @Override
                            public void onHeaders(Metadata answer) {
                                Fields fields = fields(answer);
                                telling.put(
                                        Direction.TO_CLIENT,
                                        decoding -> frame("headers").text(fields.shown(decoding, "content-type")));
                                super.onHeaders(answer);
                            }

                            @Override
                            public void onMessage(S message) {
                                telling.message(Direction.TO_CLIENT, message);
                                super.onMessage(message);
                            }

                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                String why = status.getDescription();
                                telling.put(
                                        Direction.TO_CLIENT,
                                        decoding -> frame("status")
                                                .result(status.getCode().name())
                                                .text(why == null ? "" : decoding.plain(why)));
                                super.onClose(status, trailers);
                            }
                        },
                        headers);
            }

            @Override
            public void sendMessage(Q message) {
                telling.message(Direction.TO_SERVER, message);
                super.sendMessage(message);
            }
        };
    }

    private static Frame.Draft frame(String kind) {
        return Frame.of("grpc", kind);
    }

    private static Fields fields(Metadata metadata) {
        Fields fields = new Fields();
        for (String name : metadata.keys()) {
            if (name.endsWith(BINARY)) {
                byte[] value = metadata.get(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
                fields.add(name, "<" + (value == null ? 0 : value.length) + " bytes>");
            } else {
                String value = metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
                fields.add(name, value == null ? "" : value);
            }
        }
        return fields;
    }

    /** Makes a frame, on the loop. */
    private interface Making {
        Frame.Draft of(Decoding decoding);
    }

    /** What one call tells, from any thread and in the order in which it is told. */
    private final class Telling {
        private final String method;
        private int session;

        Telling(String method) {
            this.method = method;
        }

        void put(Direction direction, Making making) {
            tap.onLoop(() -> {
                session = session == 0 ? tap.nextSession() : session;
                Consumer<? super Frame> sink = tap.sink();
                sink.accept(making.of(tap.decoding()).method(method).done(tap.micros(), session, direction));
            });
        }

        void message(Direction direction, Object message) {
            if (message instanceof Message known) {
                boolean isSecret = tap.decoding().secrets().hides(method.substring(method.lastIndexOf('/') + 1));
                put(
                        direction,
                        decoding -> frame("message")
                                .bytes(known.getSerializedSize())
                                .text(isSecret ? Secrets.MARK : new ProtoText(decoding).of(known)));
            } else {
                put(direction, decoding -> frame("message"));
            }
        }
    }
}
