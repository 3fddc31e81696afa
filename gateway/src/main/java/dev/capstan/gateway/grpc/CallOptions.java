package dev.capstan.gateway.grpc;

import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.TypedBytes;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.gateway.translate.Place;
import dev.capstan.grpc.CallContext;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.client.CallSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a call, as the argument after its message: {@code {metadata: {name: 'value'}, timeout: 5000, whole: true}}.
 *
 * @param settings metadata and timeout
 * @param isWhole whether the metadata of the answer is wanted, too
 */
record CallOptions(CallSettings settings, boolean isWhole) {
    static final CallOptions NONE = new CallOptions(CallSettings.DEFAULT, false);
    private static final String WHOLE = "whole";
    private static final String METADATA = "metadata";
    private static final String TIMEOUT = "timeout";
    private static final List<String> MEMBERS = List.of(METADATA, TIMEOUT, WHOLE);
    /** Browsers know no more, and grpc-java neither by far. */
    private static final double MOST_MILLIS = Integer.MAX_VALUE;

    /**
     * What a page has said.
     *
     * @throws dev.capstan.cap.Failure if it is none of that
     */
    static CallOptions of(String method, Limits limits, @Nullable Object options) {
        if (options == null || options == JsValue.UNDEFINED) {
            return NONE;
        }
        Place place = new Place(limits, method);
        place.enter("options");
        if (!(options instanceof Map<?, ?> object)) {
            throw place.mismatch(options, "an object with the members " + MEMBERS);
        }
        CallSettings settings = CallSettings.DEFAULT;
        boolean isWhole = false;
        for (Map.Entry<?, ?> member : object.entrySet()) {
            String name = (String) member.getKey();
            Object value = member.getValue();
            if (value == null || value == JsValue.UNDEFINED) {
                continue;
            }
            place.enter(name);
            switch (name) {
                case METADATA -> settings = settings.with(metadata(place, value));
                case TIMEOUT -> settings = settings.within(timeout(place, value));
                case WHOLE -> isWhole = flag(place, value);
                default -> throw place.wrong("there is no such member; there are " + MEMBERS);
            }
            place.leave();
        }
        return new CallOptions(settings, isWhole);
    }

    private static boolean flag(Place place, Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw place.mismatch(value, "true or false");
    }

    private static Duration timeout(Place place, Object value) {
        if (value instanceof Number n && n.doubleValue() > 0 && n.doubleValue() <= MOST_MILLIS) {
            return Duration.ofNanos((long) (n.doubleValue() * 1e6));
        }
        throw place.mismatch(value, "milliseconds, more than 0 and at most " + Integer.MAX_VALUE);
    }

    private static CallMetadata metadata(Place place, Object value) {
        if (!(value instanceof Map<?, ?> object)) {
            throw place.mismatch(value, "an object with the names and values of metadata");
        }
        CallMetadata metadata = CallMetadata.EMPTY;
        place.values(object.size());
        for (Map.Entry<?, ?> member : object.entrySet()) {
            String name = (String) member.getKey();
            place.enter(name);
            List<?> all = member.getValue() instanceof List<?> several
                    ? several
                    : Collections.singletonList(member.getValue());
            place.values(all.size());
            for (Object each : all) {
                try {
                    metadata = switch (each) {
                        case String text -> metadata.with(name, text);
                        case byte[] bytes -> metadata.with(name, bytes);
                        case TypedBytes typed -> metadata.with(name, typed.bytes());
                        case null, default ->
                            throw place.mismatch(each, "a string, or bytes for a name that ends in -bin");
                    };
                } catch (IllegalArgumentException e) {
                    throw place.wrong(String.valueOf(e.getMessage()));
                }
            }
            place.leave();
        }
        return metadata;
    }

    /** Metadata as an object, without what HTTP and gRPC have for themselves. */
    static Map<String, @Nullable Object> values(CallMetadata metadata) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (String name : metadata.names()) {
            if (!CallMetadata.isOfHttp(name) && !name.startsWith("grpc-")) {
                List<?> values = name.endsWith("-bin") ? metadata.allBytes(name) : metadata.all(name);
                object.put(name, values.size() == 1 ? values.getFirst() : values);
            }
        }
        return object;
    }

    /** What a client of gRPC has said of its call; null if that is nothing. */
    static @Nullable Map<String, @Nullable Object> of(CallContext context) {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        Map<String, @Nullable Object> metadata = values(context.in());
        if (!metadata.isEmpty()) {
            options.put(METADATA, metadata);
        }
        context.timeLeft().ifPresent(left -> options.put(TIMEOUT, Math.max(1, left.toMillis())));
        return options.isEmpty() ? null : options;
    }
}
