package dev.capstan.gateway.frames;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaException;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.rpc.protocol.Call;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.Disembargo;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import dev.capstan.capnp.rpc.protocol.Payload;
import dev.capstan.capnp.rpc.protocol.PromisedAnswer;
import dev.capstan.capnp.rpc.protocol.Resolve;
import dev.capstan.capnp.rpc.protocol.Return;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of Cap'n Proto's RPC. Calls are remembered for the names of what answers them and of what is called in their results. */
final class CapnpMessages implements Messages {
    private static final int MOST_CAPS = 16;
    private static final int MOST_STEPS = 16;
    private static final String CANCELED = "canceled";

    private final Decoding decoding;
    private final Out out;
    private final Recent<Asked> byClient;
    private final Recent<Asked> byServer;

    /** What was asked with a question; the schema if it is known. */
    private record Asked(String name, InterfaceSchema.@Nullable Method method) {}

    /** The entries that were put in last, so many as a limit says. */
    private static final class Recent<V> {
        private final Map<Long, V> entries;

        Recent(int most) {
            entries = new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
                    return size() > most;
                }
            };
        }

        void put(long id, V value) {
            entries.put(id, value);
        }

        @Nullable
        V get(long id) {
            return entries.get(id);
        }
    }

    CapnpMessages(Decoding decoding, Out out) {
        this.decoding = decoding;
        this.out = out;
        this.byClient = new Recent<>(decoding.limits().names());
        this.byServer = new Recent<>(decoding.limits().names());
    }

    /** Whether this is the answer of a call that ended because its caller wanted no more of it. */
    static boolean isCalledOff(Frame frame) {
        return frame.wire().equals("capnp")
                && frame.kind().equals("return")
                && frame.result().equals(CANCELED);
    }

    @Override
    public void message(Direction direction, byte[] array, int offset, int length) {
        Frame.Draft frame;
        try {
            MessageReader reader = MessageReader.of(array, offset, length, dev.capstan.capnp.Limits.DEFAULT);
            frame = frame(direction, reader.root(Message.TYPE));
        } catch (MessageException | SchemaException e) {
            frame = Frame.of("capnp", "undecoded").broken(decoding.plain(String.valueOf(e.getMessage())));
        }
        out.put(direction, frame.bytes(length));
    }

    /** The questions of the side that sends in this direction. */
    private Recent<Asked> asked(Direction sender) {
        return sender == Direction.TO_SERVER ? byClient : byServer;
    }

    private Frame.Draft frame(Direction direction, Message.Reader message) {
        return switch (message.which()) {
            case BOOTSTRAP -> {
                long id = message.getBootstrap().getQuestionId();
                asked(direction).put(id, new Asked("bootstrap", null));
                yield named("bootstrap").id(id);
            }
            case CALL -> call(direction, message.getCall());
            case RETURN -> returned(direction, message.getReturn());
            case FINISH -> {
                long id = message.getFinish().getQuestionId();
                // It is remembered on: the answer may still come.
                Asked known = asked(direction).get(id);
                yield named("finish")
                        .id(id)
                        .method(known == null ? "" : known.name())
                        .text(message.getFinish().getReleaseResultCaps() ? "" : "keeps capabilities");
            }
            case RESOLVE -> resolve(message.getResolve());
            case RELEASE ->
                named("release")
                        .target("import " + message.getRelease().getId())
                        .text("count " + message.getRelease().getReferenceCount());
            case DISEMBARGO -> disembargo(direction, message.getDisembargo());
            case ABORT -> exception(named("abort"), message.getAbort());
            case UNIMPLEMENTED ->
                named("unimplemented")
                        .text(message.getUnimplemented().which().name().toLowerCase(Locale.ROOT));
            case PROVIDE ->
                target(
                        direction,
                        named("provide").id(message.getProvide().getQuestionId()),
                        message.getProvide().getTarget());
            case ACCEPT -> named("accept").id(message.getAccept().getQuestionId());
            case THIRD_PARTY_ANSWER ->
                named("thirdPartyAnswer").id(message.getThirdPartyAnswer().getAnswerId());
            case JOIN ->
                target(
                        direction,
                        named("join").id(message.getJoin().getQuestionId()),
                        message.getJoin().getTarget());
            case OBSOLETE_SAVE -> named("obsoleteSave");
            case OBSOLETE_DELETE -> named("obsoleteDelete");
            case UNRECOGNIZED -> named("unknown").broken("a message of a kind that is not known here");
        };
    }

    private static Frame.Draft named(String kind) {
        return Frame.of("capnp", kind);
    }

    // ---- calls

    private Frame.Draft call(Direction direction, Call.Reader call) {
        InterfaceSchema.Method method = method(call.getInterfaceId(), call.getMethodId());
        String name = method == null
                ? "0x%016x".formatted(call.getInterfaceId()) + "." + call.getMethodId()
                : method.owner().shortName() + "." + method.name();
        asked(direction).put(call.getQuestionId(), new Asked(name, method));
        Frame.Draft frame = named("call").id(call.getQuestionId()).method(name);
        if (call.getSendResultsTo().which() != Call.SendResultsTo.Which.CALLER) {
            frame.result("to " + call.getSendResultsTo().which().name().toLowerCase(Locale.ROOT));
        }
        return payload(
                target(direction, frame, call.getTarget()),
                call.getParams(),
                method == null ? null : method.params(),
                hides(method));
    }

    private InterfaceSchema.@Nullable Method method(long interfaceId, int ordinal) {
        SchemaLoader loader = decoding.capnp();
        return loader.tryGet(interfaceId) instanceof InterfaceSchema known
                        && ordinal < known.methods().size()
                ? known.methods().get(ordinal)
                : null;
    }

    private boolean hides(InterfaceSchema.@Nullable Method method) {
        return method != null && decoding.secrets().hides(method.name());
    }

    private Frame.Draft returned(Direction direction, Return.Reader answer) {
        long id = answer.getAnswerId();
        Asked known = asked(direction.opposite()).get(id);
        InterfaceSchema.Method method = known == null ? null : known.method();
        Frame.Draft frame = named("return").id(id).method(known == null ? "" : known.name());
        return switch (answer.which()) {
            case RESULTS ->
                payload(frame, answer.getResults(), method == null ? null : method.results(), hides(method));
            case EXCEPTION -> exception(frame, answer.getException());
            case CANCELED -> frame.result(CANCELED);
            case RESULTS_SENT_ELSEWHERE -> frame.result("sent elsewhere");
            case TAKE_FROM_OTHER_QUESTION -> frame.result("from question " + answer.getTakeFromOtherQuestion());
            case AWAIT_FROM_THIRD_PARTY -> frame.result("from a third party");
            case UNRECOGNIZED -> frame.broken("an answer of a kind that is not known here");
        };
    }

    private Frame.Draft exception(Frame.Draft frame, dev.capstan.capnp.rpc.protocol.Exception.Reader exception) {
        return frame.result(exception.getType().name().toLowerCase(Locale.ROOT))
                .text(decoding.plain(exception.getReason()));
    }

    // ---- what messages are about

    private Frame.Draft target(Direction direction, Frame.Draft frame, MessageTarget.Reader target) {
        return switch (target.which()) {
            case IMPORTED_CAP -> frame.target("import " + target.getImportedCap());
            case PROMISED_ANSWER -> {
                long parent = target.getPromisedAnswer().getQuestionId();
                Asked known = asked(direction).get(parent);
                yield frame.parent(Long.toString(parent))
                        .target(place("answer ", target.getPromisedAnswer())
                                + (known == null ? "" : " of " + known.name()));
            }
            case UNRECOGNIZED -> frame.target("a target of a kind that is not known here");
        };
    }

    private static String place(String what, PromisedAnswer.Reader answer) {
        StringBuilder path = new StringBuilder(what).append(answer.getQuestionId());
        int steps = 0;
        for (PromisedAnswer.Op.Reader op : answer.getTransform()) {
            if (++steps > MOST_STEPS) {
                return path.append(".…").toString();
            }
            switch (op.which()) {
                case NOOP -> {}
                case GET_POINTER_FIELD -> path.append('.').append(op.getGetPointerField());
                case UNRECOGNIZED -> path.append(".?");
            }
        }
        return path.toString();
    }

    private Frame.Draft payload(
            Frame.Draft frame, Payload.Reader payload, @Nullable StructSchema type, boolean isSecret) {
        frame.caps(caps(payload.getCapTable()));
        if (isSecret) {
            return frame.text(Secrets.MARK);
        }
        if (type == null) {
            long words = payload.getContent().targetSizeWords();
            return frame.text(words == 0 ? "" : words + " words");
        }
        return frame.text(new CapnpText(decoding).of(payload.getContent().as(type.structType())));
    }

    private static String caps(StructList.Reader<CapDescriptor.Reader> table) {
        List<String> caps = new ArrayList<>();
        for (CapDescriptor.Reader each : table) {
            if (caps.size() == MOST_CAPS) {
                caps.add("… " + table.size() + " in all");
                break;
            }
            caps.add(cap(each));
        }
        return String.join(", ", caps);
    }

    private static String cap(CapDescriptor.Reader cap) {
        return switch (cap.which()) {
            case NONE -> "none";
            case SENDER_HOSTED -> "export " + cap.getSenderHosted();
            case SENDER_PROMISE -> "promise " + cap.getSenderPromise();
            case RECEIVER_HOSTED -> "import " + cap.getReceiverHosted();
            case RECEIVER_ANSWER -> place("answer ", cap.getReceiverAnswer());
            case THIRD_PARTY_HOSTED ->
                "third party's, vine " + cap.getThirdPartyHosted().getVineId();
            case UNRECOGNIZED -> "unknown";
        };
    }

    private Frame.Draft resolve(Resolve.Reader resolve) {
        Frame.Draft frame = named("resolve").target("promise " + resolve.getPromiseId());
        return switch (resolve.which()) {
            case CAP -> frame.caps(cap(resolve.getCap()));
            case EXCEPTION -> exception(frame, resolve.getException());
            case UNRECOGNIZED -> frame.broken("a resolution of a kind that is not known here");
        };
    }

    private Frame.Draft disembargo(Direction direction, Disembargo.Reader disembargo) {
        Frame.Draft frame = target(direction, named("disembargo"), disembargo.getTarget());
        Disembargo.Context.Reader context = disembargo.getContext();
        return switch (context.which()) {
            case SENDER_LOOPBACK -> frame.id(context.getSenderLoopback()).result("to come back");
            case RECEIVER_LOOPBACK -> frame.id(context.getReceiverLoopback()).result("came back");
            case ACCEPT -> frame.result("accept");
            case UNRECOGNIZED -> frame.broken("a disembargo of a kind that is not known here");
        };
    }
}
