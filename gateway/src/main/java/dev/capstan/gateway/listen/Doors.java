package dev.capstan.gateway.listen;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Access;
import dev.capstan.gateway.options.WireUrl;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Lets visitors of a gateway in at its URL, and says where that is. */
record Doors(Site site, WireUrl from, Listening.Who who, Access access) {
    WireUrl.Wire wire() {
        return from.wire();
    }

    /** An object for each visitor, which owns it, of the wire of the URL; what was opened. */
    String objects(String what, Supplier<Promise<Cap>> object) {
        Listening at = site.loop()
                .fetch(() -> Listening.at(site, from, who, access, object))
                .await();
        String clients = from.wire() + " clients call " + what + " at ";
        return clients
                + switch (from.scheme()) {
                    case WS, HTTP -> at(WireUrl.Scheme.WS, at) + " and, in batches, at " + at(WireUrl.Scheme.HTTP, at);
                    case WSS, HTTPS ->
                        at(WireUrl.Scheme.WSS, at) + " and, in batches, at " + at(WireUrl.Scheme.HTTPS, at);
                    case WT ->
                        at(from.scheme(), at)
                                + (at.hashes().isEmpty()
                                        ? ""
                                        : " (SHA-256 of the certificate: "
                                                + at.hashes().getFirst() + ")");
                    case CAPNP, CAPNPS, CAPNP_UNIX, CAPNP_WS, CAPNP_WSS, GRPC, GRPCS -> at(from.scheme(), at);
                };
    }

    /** Services; what was opened. */
    String grpc(List<ServerServiceDefinition> services) {
        Listening at =
                site.loop().fetch(() -> Listening.at(site, from, who, services)).await();
        return "gRPC clients call "
                + services.stream()
                        .map(each -> each.getServiceDescriptor().getName())
                        .collect(Collectors.joining(", "))
                + " at " + at(from.scheme(), at);
    }

    private WireUrl at(WireUrl.Scheme scheme, Listening at) {
        return new WireUrl(scheme, at.address(), from.path());
    }
}
