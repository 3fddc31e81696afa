package dev.capstan.capnp.rpc;

import dev.capstan.cap.Failure;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.rpc.protocol.Exception;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Failures to and from the wire's Exception. Traces are sent only if somebody supplied an encoder: they tell strangers about our insides. */
final class Traces {
    private static final String REMOTE = "remote exception: ";

    private final @Nullable Function<Failure, String> encoder;
    private final Limits.Failures limits;
    private final Set<Fault> faults;

    Traces(@Nullable Function<Failure, String> encoder, Limits.Failures limits, Set<Fault> faults) {
        this.encoder = encoder;
        this.limits = limits;
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
    int sizeWords(Failure failure) {
        return 8 + Math.min(failure.reason().length(), limits.chars()) / 2;
    }

    private String cut(String text) {
        return text.length() <= limits.chars() ? text : text.substring(0, limits.chars()) + "...";
    }

    /** The first details, as many as may be sent. */
    private List<Failure.Detail> fitting(List<Failure.Detail> details) {
        int count = 0;
        long bytes = 0;
        for (Failure.Detail detail : details) {
            bytes += detail.data().length;
            if (count == limits.details() || bytes > limits.detailBytes()) {
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
        for (int i = 0; i < Math.min(sent.size(), limits.details()); i++) {
            Exception.Detail.Reader detail = sent.get(i);
            if (!detail.hasData()) {
                continue;
            }
            Data data = detail.getData();
            bytes += data.size();
            if (bytes > limits.detailBytes()) {
                break;
            }
            details.add(new Failure.Detail(detail.getDetailId(), data.toByteArray()));
        }
        String trace = cut(from.getTrace());
        return Failure.remote(kind, prefixed ? reason : REMOTE + reason, details, trace.isEmpty() ? null : trace);
    }
}
