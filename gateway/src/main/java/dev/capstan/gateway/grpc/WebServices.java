package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.async.Loop;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.gateway.translate.JavaScript;
import dev.capstan.gateway.translate.Place;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Services of a gRPC server as objects of Cap'n Web. */
final class WebServices {
    private final Loop loop;
    private final Codec codec;
    private final Calls calls;

    WebServices(Loop loop, Codec codec, Calls calls) {
        this.loop = loop;
        this.codec = codec;
        this.calls = calls;
    }

    /** All of them, each at the place that its package says. @throws IllegalArgumentException if two have one place */
    WebTarget all(Collection<ServiceDescriptor> services) {
        return folder(places(services));
    }

    /** The services in folders, which are maps as well, by the names in each. */
    static Map<String, Object> places(Collection<ServiceDescriptor> services) {
        Map<String, Object> root = new LinkedHashMap<>();
        for (ServiceDescriptor each : services) {
            ServiceNames.check(each);
            put(root, each);
        }
        return root;
    }

    @SuppressWarnings("unchecked") // what is in a folder is a service or a folder
    private static void put(Map<String, Object> root, ServiceDescriptor service) {
        String[] path = service.getFullName().split("\\.", -1);
        Map<String, Object> folder = root;
        for (int i = 0; i < path.length; i++) {
            if (JavaScript.TAKEN.contains(path[i])) {
                throw new IllegalArgumentException("Service " + service.getFullName()
                        + " cannot be reached over Cap'n Web: JavaScript clients keep the name '" + path[i]
                        + "' for themselves. Offer it alone, by its full name.");
            }
            boolean last = i == path.length - 1;
            Object there = folder.computeIfAbsent(path[i], name -> last ? service : new LinkedHashMap<>());
            if (last ? !there.equals(service) : there instanceof ServiceDescriptor) {
                throw new IllegalArgumentException("Service " + service.getFullName()
                        + " is where a package or another service is: offer one of them.");
            }
            if (!last) {
                folder = (Map<String, Object>) there;
            }
        }
    }

    @SuppressWarnings("unchecked") // as above
    private WebTarget folder(Map<String, Object> content) {
        WebTarget folder = WebTarget.empty().cancelable();
        for (Map.Entry<String, Object> each : content.entrySet()) {
            WebTarget inside = each.getValue() instanceof ServiceDescriptor service
                    ? of(service)
                    : folder((Map<String, Object>) each.getValue());
            folder = folder.property(each.getKey(), () -> inside);
        }
        return folder;
    }

    /** One of them, whose methods are those of the object. */
    WebTarget of(ServiceDescriptor service) {
        ServiceNames.check(service);
        WebTarget target = WebTarget.empty().cancelable();
        for (Rpc rpc : Rpc.all(service)) {
            target = target.method(rpc.name(), (List<@Nullable Object> arguments) -> call(rpc, arguments));
        }
        return target;
    }

    private Object call(Rpc rpc, List<@Nullable Object> arguments) {
        Place place = new Place(codec.limits(), rpc.name());
        if (arguments.size() > 2) {
            throw place.wrong("called with " + arguments.size()
                    + " arguments, and it takes 2: the message, or the stream of them, and {metadata, timeout, whole}");
        }
        Object first = arguments.isEmpty() ? JsValue.UNDEFINED : arguments.getFirst();
        CallOptions options =
                CallOptions.of(rpc.name(), codec.limits(), arguments.size() < 2 ? null : arguments.get(1));
        if (options.isWhole() && rpc.streamsAnswers()) {
            throw place.wrong("'whole' is for methods with one answer: a stream of answers comes by itself");
        }
        if (rpc.streamsRequests()) {
            try (Readable requests = requests(place, first)) {
                return rpc.streamsAnswers()
                        ? calls.bidiStreaming(rpc, requests, options.settings())
                        : calls.clientStreaming(rpc, requests, options);
            }
        }
        Object message = first == JsValue.UNDEFINED ? Map.of() : first;
        return rpc.streamsAnswers()
                ? calls.serverStreaming(rpc, message, options.settings())
                : calls.unary(rpc, message, options);
    }

    private Readable requests(Place place, @Nullable Object value) {
        return switch (value) {
            case Readable stream -> stream.share();
            case List<?> messages -> Readable.of(loop, messages);
            case null, default -> throw place.mismatch(value, "a ReadableStream of messages, or an array of them");
        };
    }
}
