package dev.capstan.gateway.grpc;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.GreeterGrpc;
import dev.capstan.testprotos.guide.Name;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Greets whoever has a name, in grpc-java's own style, and tells what it has seen. */
final class Greeters extends GreeterGrpc.GreeterImplBase implements ServerInterceptor {
    final AtomicInteger sent = new AtomicInteger();
    final AtomicInteger received = new AtomicInteger();
    final CountDownLatch cancelled = new CountDownLatch(1);
    /** Streams of requests are not read beyond their first message while this is so. */
    volatile boolean holds;

    volatile @Nullable Metadata metadata;
    volatile @Nullable Deadline deadline;

    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
        metadata = headers;
        deadline = Context.current().getDeadline();
        return Contexts.interceptCall(Context.current(), call, headers, next);
    }

    private <T> ServerCallStreamObserver<T> watched(StreamObserver<T> to) {
        ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) to;
        call.setOnCancelHandler(cancelled::countDown);
        return call;
    }

    private static Greeting hello(String name) {
        return Greeting.newBuilder().setText("hello " + name).build();
    }

    @Override
    public void greet(Name name, StreamObserver<Greeting> to) {
        ServerCallStreamObserver<Greeting> call = watched(to);
        switch (name.getText()) {
            case "nobody" ->
                call.onError(StatusProto.toStatusRuntimeException(Status.newBuilder()
                        .setCode(5)
                        .setMessage("nobody is called so")
                        .addDetails(Any.pack(name))
                        .build()));
            case "never" -> sent.incrementAndGet();
            default -> {
                call.onNext(hello(name.getText()));
                call.onCompleted();
            }
        }
    }

    /** As many times as the name says, a KiB each, as the connection takes them. */
    @Override
    public void greetOften(Name name, StreamObserver<Greeting> to) {
        ServerCallStreamObserver<Greeting> call = watched(to);
        int times = Integer.parseInt(name.getText());
        Greeting greeting = hello("x".repeat(1018));
        Runnable send = () -> {
            while (sent.get() < times && call.isReady()) {
                sent.incrementAndGet();
                call.onNext(greeting);
                if (sent.get() == times) {
                    call.onCompleted();
                }
            }
        };
        call.setOnReadyHandler(send);
        send.run();
    }

    @Override
    public StreamObserver<Name> greetTogether(StreamObserver<Greeting> to) {
        ServerCallStreamObserver<Greeting> call = watched(to);
        if (holds) {
            call.disableAutoRequest();
            call.request(1);
        }
        List<String> names = new ArrayList<>();
        return new StreamObserver<>() {
            @Override
            public void onNext(Name name) {
                received.incrementAndGet();
                if (names.size() < 10) {
                    names.add(name.getText());
                }
            }

            @Override
            public void onError(Throwable failure) {
                cancelled.countDown();
            }

            @Override
            public void onCompleted() {
                call.onNext(hello(String.join(" and ", names)));
                call.onCompleted();
            }
        };
    }

    @Override
    public StreamObserver<Name> talk(StreamObserver<Greeting> to) {
        ServerCallStreamObserver<Greeting> call = watched(to);
        return new StreamObserver<>() {
            @Override
            public void onNext(Name name) {
                received.incrementAndGet();
                if (name.getText().equals("fail")) {
                    call.onError(io.grpc.Status.FAILED_PRECONDITION
                            .withDescription("as was wished")
                            .asRuntimeException());
                } else {
                    call.onNext(hello(name.getText()));
                }
            }

            @Override
            public void onError(Throwable failure) {
                cancelled.countDown();
            }

            @Override
            public void onCompleted() {
                call.onCompleted();
            }
        };
    }
}
