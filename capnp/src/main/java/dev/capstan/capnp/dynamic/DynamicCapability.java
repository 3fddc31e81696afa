package dev.capstan.capnp.dynamic;

import dev.capstan.cap.Cap;
import dev.capstan.capnp.AnswerState;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.PipelineHandle;
import dev.capstan.capnp.Request;
import dev.capstan.capnp.StreamingRequest;
import dev.capstan.capnp.dynamic.InterfaceSchema.Method;
import dev.capstan.capnp.dynamic.StructSchema.Field;

/**
 * A client whose methods go by name.
 *
 * <pre>{@code
 * var request = calculator.request("evaluate");
 * request.params().set("expression", Map.of("literal", 123));
 * try (var answer = request.send()) { ... answer.await().get("value") ... }
 * }</pre>
 */
public final class DynamicCapability extends Client {
    private final InterfaceSchema schema;

    /** Takes ownership of {@code cap}. Nothing is checked: a wrong interface shows with the first call. */
    public DynamicCapability(InterfaceSchema schema, Cap cap) {
        super(cap);
        this.schema = schema;
    }

    /** The interface. */
    public InterfaceSchema schema() {
        return schema;
    }

    @Override
    public DynamicCapability share() {
        return new DynamicCapability(schema, cap().share());
    }

    /** Prepares a call of a method, own or inherited. Throws {@link IllegalArgumentException} if there is none, or if it streams. */
    public Request<DynamicStruct.Builder, Answer> request(String method) {
        return request(schema.method(method));
    }

    /** As {@link #request(String)}. */
    public Request<DynamicStruct.Builder, Answer> request(Method method) {
        if (method.isStreaming()) {
            throw new IllegalArgumentException("Method " + method.name() + " streams: use streamingRequest().");
        }
        StructSchema results = method.results();
        return newRequest(
                ordinal(method),
                method.params().structType(),
                state -> new Answer(state, results),
                results.mayContainCapabilities());
    }

    /** Prepares a call of a method that is declared {@code -> stream}. */
    public StreamingRequest<DynamicStruct.Builder> streamingRequest(String name) {
        Method method = schema.method(name);
        if (!method.isStreaming()) {
            throw new IllegalArgumentException("Method " + name + " does not stream: use request().");
        }
        return newStreamingRequest(ordinal(method), method.params().structType());
    }

    private dev.capstan.cap.Method.Ordinal ordinal(Method method) {
        if (schema.findSuperclass(method.owner().id()) == null) {
            throw new IllegalArgumentException("Method " + method.name() + " belongs to " + method.owner() + ", which "
                    + schema + " does not extend.");
        }
        return new dev.capstan.cap.Method.Ordinal(method.owner().id(), method.ordinal());
    }

    /** A place in results that are not there yet. An immutable value, usable from any thread. */
    public static final class Pipeline {
        private final StructSchema schema;
        private final PipelineHandle handle;

        Pipeline(StructSchema schema, PipelineHandle handle) {
            this.schema = schema;
            this.handle = handle;
        }

        /** The struct in a field. */
        public Pipeline struct(String name) {
            Field field = schema.field(name);
            if (!(field.type() instanceof StructSchema type)) {
                throw new IllegalArgumentException("Field " + name + " of " + schema + " is no struct.");
            }
            // A group lies in the struct itself.
            return new Pipeline(type, field.isGroup() ? handle : handle.pointer(field.layout.offset()));
        }

        /** A client of the capability in a field, which can be called at once; the caller owns it. */
        public DynamicCapability cap(String name) {
            Field field = schema.field(name);
            if (!(field.type() instanceof InterfaceSchema type)) {
                throw new IllegalArgumentException("Field " + name + " of " + schema + " is no capability.");
            }
            return new DynamicCapability(
                    type, handle.pointer(field.layout.offset()).cap());
        }
    }

    /** The answer to a call: a promise of the results, and the way to what is in them before they are there. */
    public static final class Answer extends dev.capstan.capnp.Answer<DynamicStruct.Reader> {
        private final StructSchema results;

        Answer(AnswerState state, StructSchema results) {
            super(state, results.structType());
            this.results = results;
        }

        /** The root of the results. */
        public Pipeline results() {
            return new Pipeline(results, pipeline());
        }
    }
}
