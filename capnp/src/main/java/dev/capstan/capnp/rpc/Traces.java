package dev.capstan.capnp.rpc;

import dev.capstan.cap.Failure;
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
        to.setReason(failure.reason());
        to.setType(
                switch (failure.kind()) {
                    case FAILED -> Exception.Type.FAILED;
                    case OVERLOADED -> Exception.Type.OVERLOADED;
                    case DISCONNECTED -> Exception.Type.DISCONNECTED;
                    case UNIMPLEMENTED -> Exception.Type.UNIMPLEMENTED;
                });
        if (encoder != null) {
            to.setTrace(encoder.apply(failure));
        }
        List<Failure.Detail> details = failure.details();
        if (!details.isEmpty()) {
            StructList.Builder<Exception.Detail.Builder> list = to.initDetails(details.size());
            for (int i = 0; i < details.size(); i++) {
                list.get(i).setDetailId(details.get(i).id());
                list.get(i).setData(details.get(i).data());
            }
        }
    }

    Failure read(Exception.Reader from) {
        Failure.Kind kind = switch (from.getType()) {
            case FAILED, UNRECOGNIZED -> Failure.Kind.FAILED;
            case OVERLOADED -> Failure.Kind.OVERLOADED;
            case DISCONNECTED -> Failure.Kind.DISCONNECTED;
            case UNIMPLEMENTED -> Failure.Kind.UNIMPLEMENTED;
        };
        String reason = from.getReason();
        boolean prefixed = reason.startsWith(REMOTE) || faults.contains(Fault.NO_REMOTE_PREFIX);
        List<Failure.Detail> details = new ArrayList<>();
        for (Exception.Detail.Reader detail : from.getDetails()) {
            if (details.size() < MAX_DETAILS && detail.hasData()) {
                details.add(new Failure.Detail(
                        detail.getDetailId(), detail.getData().toByteArray()));
            }
        }
        String trace = from.getTrace();
        return Failure.remote(kind, prefixed ? reason : REMOTE + reason, details, trace.isEmpty() ? null : trace);
    }
}
