package dev.capstan.capnp.rpc;

import dev.capstan.cap.Failure;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.rpc.protocol.Exception;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Failures to and from the wire's Exception. Traces are sent only if somebody supplied an encoder: they tell strangers about our insides. */
final class Traces {
    private static final String REMOTE = "remote exception: ";
    /** Details of one failure that are read; a peer may send as many as fit into a message. */
    private static final int MAX_DETAILS = 64;
    /** Bytes in the details of one failure that are read or sent. */
    private static final int MAX_DETAIL_BYTES = 1 << 20;
    /**
     * Characters of a reason or a trace that are read or sent. A failure is kept, logged and passed on, as often as there are calls that it ends:
     * a peer must not make it large, nor so large that telling the next of it does not fit into a message.
     */
    private static final int MAX_CHARS = 16 << 10;

    private final @Nullable Function<Failure, String> encoder;
    private final Set<Fault> faults;

    Traces(@Nullable Function<Failure, String> encoder) {
        this(encoder, EnumSet.noneOf(Fault.class));
    }

    Traces(@Nullable Function<Failure, String> encoder, Set<Fault> faults) {
        this.encoder = encoder;
        this.faults = faults;
    }

    void write(Failure failure, Exception.Builder to) {
        to.setReason(cut(failure.reason()));
        to.setType(
                switch (failure.kind()) {
                    case FAILED -> Exception.Type.FAILED;
                    case OVERLOADED -> Exception.Type.OVERLOADED;
                    case DISCONNECTED -> Exception.Type.DISCONNECTED;
                    case UNIMPLEMENTED -> Exception.Type.UNIMPLEMENTED;
                });
        if (encoder != null) {
            to.setTrace(cut(encoder.apply(failure)));
        }
        List<Failure.Detail> details = fitting(failure.details());
        if (!details.isEmpty()) {
            StructList.Builder<Exception.Detail.Builder> list = to.initDetails(details.size());
            for (int i = 0; i < details.size(); i++) {
                list.get(i).setDetailId(details.get(i).id());
                list.get(i).setData(details.get(i).data());
            }
        }
    }

    /** Expected size of a failure in a message. */
    static int sizeWords(Failure failure) {
        return 8 + Math.min(failure.reason().length(), MAX_CHARS) / 2;
    }

    private static String cut(String text) {
        return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "...";
    }

    /** The first details, as many as may be sent. */
    private static List<Failure.Detail> fitting(List<Failure.Detail> details) {
        int count = 0;
        long bytes = 0;
        for (Failure.Detail detail : details) {
            bytes += detail.data().length;
            if (count == MAX_DETAILS || bytes > MAX_DETAIL_BYTES) {
                break;
            }
            count++;
        }
        return details.subList(0, count);
    }

    Failure read(Exception.Reader from) {
        Failure.Kind kind = switch (from.getType()) {
            case FAILED, UNRECOGNIZED -> Failure.Kind.FAILED;
            case OVERLOADED -> Failure.Kind.OVERLOADED;
            case DISCONNECTED -> Failure.Kind.DISCONNECTED;
            case UNIMPLEMENTED -> Failure.Kind.UNIMPLEMENTED;
        };
        String reason = cut(from.getReason());
        boolean prefixed = reason.startsWith(REMOTE) || faults.contains(Fault.NO_REMOTE_PREFIX);
        List<Failure.Detail> details = new ArrayList<>();
        int bytes = 0;
        StructList.Reader<Exception.Detail.Reader> sent = from.getDetails();
        for (int i = 0; i < Math.min(sent.size(), MAX_DETAILS); i++) {
            Exception.Detail.Reader detail = sent.get(i);
            if (!detail.hasData()) {
                continue;
            }
            Data data = detail.getData();
            bytes += data.size();
            if (bytes > MAX_DETAIL_BYTES) {
                break;
            }
            details.add(new Failure.Detail(detail.getDetailId(), data.toByteArray()));
        }
        String trace = cut(from.getTrace());
        return Failure.remote(kind, prefixed ? reason : REMOTE + reason, details, trace.isEmpty() ? null : trace);
    }
}
