package dev.capstan.capnweb;

import dev.capstan.cap.Failure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Failures as errors of JavaScript, and back.
 *
 * <p>An error that came from a peer keeps the expression that it came as in a detail of the failure, so that passing it on loses nothing. What the caller can do ({@link
 * Failure.Kind}) travels in the property {@code kind}, details in {@code details}: pairs of a number and bytes.
 */
final class Errors {
    /** The id of the detail that holds an error as JSON. */
    static final long DETAIL = 0xb5c7_2a61_04e9_8d13L;

    private static final Logger LOG = System.getLogger(Errors.class.getName());
    private static final String KIND = "kind";
    private static final String DETAILS = "details";

    private Errors() {}

    /** What JavaScript calls a TypeError. */
    static Failure type(String message) {
        return failure(JsError.of("TypeError", message));
    }

    /** Whatever went wrong with a message or a value. */
    static Failure failure(Throwable cause) {
        return switch (cause) {
            case Failure failure -> failure;
            case WebException e -> failure(JsError.of(e.className(), e.getMessage()));
            default -> Failure.of(cause);
        };
    }

    /** An error that was made or received here. */
    static Failure failure(JsError error) {
        JsonWriter json = new JsonWriter(64);
        List<Failure.Detail> details = new ArrayList<>();
        try {
            new Encoder(json, Limits.DEFAULT, new Unsendable(), Compat.V0_12).value(error);
            details.add(new Failure.Detail(DETAIL, json.toByteArray()));
        } catch (WebException e) {
            // It is passed on without what does not fit.
            LOG.log(Level.DEBUG, "an error is passed on without its properties", e);
        }
        if (error.props().get(DETAILS) instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof List<?> pair
                        && pair.size() == 2
                        && pair.get(0) instanceof BigInteger id
                        && pair.get(1) instanceof byte[] data) {
                    details.add(new Failure.Detail(id.longValue(), data));
                }
            }
        }
        return Failure.remote(kind(error), error.message(), details, error.stack());
    }

    /** What a peer rejected a call with, which need not be an error. */
    static Failure received(@Nullable Object value) {
        if (value instanceof JsError error) {
            return failure(error);
        }
        JsonWriter json = new JsonWriter(64);
        try {
            new Encoder(json, Limits.DEFAULT, new Unsendable(), Compat.V0_12).value(value);
        } catch (WebException e) {
            // It holds something that only means anything in its session.
            return Failure.failed("the peer threw something that is no error and cannot be passed on");
        }
        return Failure.remote(
                Failure.Kind.FAILED,
                value instanceof String text ? text : "the peer threw " + Tree.excerpt(json.toString()),
                List.of(new Failure.Detail(DETAIL, json.toByteArray())),
                null);
    }

    /** What a failure is to a peer: the value that it threw. */
    static @Nullable Object value(Failure failure) {
        Optional<byte[]> known = failure.detail(DETAIL);
        if (known.isPresent()) {
            byte[] json = known.get();
            try {
                return new Decoder(Limits.DEFAULT, new Unsendable())
                        .value(Json.parse(json, 0, json.length, Limits.DEFAULT));
            } catch (WebException e) {
                // A peer of another wire may have made it up.
                LOG.log(Level.DEBUG, "a detail of a failure is no error of JavaScript", e);
            }
        }
        Map<String, @Nullable Object> props = new LinkedHashMap<>();
        if (failure.kind() != Failure.Kind.FAILED) {
            props.put(KIND, failure.kind().name().toLowerCase(Locale.ROOT));
        }
        if (!failure.details().isEmpty()) {
            List<Object> details = new ArrayList<>();
            for (Failure.Detail detail : failure.details()) {
                details.add(List.of(new BigInteger(Long.toUnsignedString(detail.id())), detail.data()));
            }
            props.put(DETAILS, details);
        }
        String name = failure.kind() == Failure.Kind.UNIMPLEMENTED ? "TypeError" : "Error";
        return new JsError(name, failure.reason(), null, props);
    }

    private static Failure.Kind kind(JsError error) {
        if (error.props().get(KIND) instanceof String name) {
            for (Failure.Kind kind : Failure.Kind.values()) {
                if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return kind;
                }
            }
        }
        return Failure.Kind.FAILED;
    }
}
