package dev.capstan.gateway.grpc;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.Writable;
import dev.capstan.gateway.translate.JavaScript;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.gateway.translate.Place;
import dev.capstan.grpc.client.CallSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A service of a gRPC server as an object for Cap'n Proto: what a bridge calls by names with one object of parameters. */
final class CapnpService {
    private final Limits limits;
    private final Calls calls;

    CapnpService(Limits limits, Calls calls) {
        this.limits = limits;
        this.calls = calls;
    }

    WebTarget of(List<MatchedMethod> methods) {
        WebTarget target = WebTarget.empty().cancelable();
        for (MatchedMethod each : methods) {
            target = target.method(each.rpc().name(), (List<@Nullable Object> arguments) -> call(each, arguments));
        }
        return target;
    }

    private Promise<?> call(MatchedMethod method, List<@Nullable Object> arguments) {
        Map<Object, @Nullable Object> params = new LinkedHashMap<>();
        if (arguments.getFirst() instanceof Map<?, ?> given) {
            params.putAll(given);
        }
        Rpc rpc = method.rpc();
        Object source = method.source() == null ? null : params.remove(method.source());
        Object sink = method.sink() == null ? null : params.remove(method.sink());
        if (method.source() != null && !(source instanceof Readable)) {
            throw missing(rpc, method.source(), source);
        }
        if (method.sink() == null) {
            return source instanceof Readable requests
                    ? calls.clientStreaming(rpc, requests, CallOptions.NONE)
                    : calls.unary(rpc, params, CallOptions.NONE);
        }
        if (!(sink instanceof Writable to)) {
            throw missing(rpc, method.sink(), sink);
        }
        Readable answers = source instanceof Readable requests
                ? calls.bidiStreaming(rpc, requests, CallSettings.DEFAULT)
                : calls.serverStreaming(rpc, params, CallSettings.DEFAULT);
        return answers.pipeTo(to).<Map<String, Object>>map(done -> Map.of()).attach(answers);
    }

    private RuntimeException missing(Rpc rpc, String name, @Nullable Object value) {
        Place place = new Place(limits, rpc.name());
        place.enter(name);
        return place.wrong("a stream is due, not " + JavaScript.describe(value));
    }
}
