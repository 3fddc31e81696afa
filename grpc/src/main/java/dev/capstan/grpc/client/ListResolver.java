package dev.capstan.grpc.client;

import dev.capstan.async.Address;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Lists of addresses as grpc-java has them, from a publisher: the latest counts. Names in it are resolved off the channel's threads. An empty list fails calls until there is another one.
 */
final class ListResolver extends NameResolver {
    static final String SCHEME = "capstan-list";

    private final Flow.Publisher<List<Address>> lists;
    private final String authority;
    private final ProxyDetector proxies;
    private final Executor offload;
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean stopped;

    private ListResolver(Flow.Publisher<List<Address>> lists, String authority, Args args) {
        this.lists = lists;
        this.authority = authority;
        this.proxies = args.getProxyDetector();
        Executor given = args.getOffloadExecutor();
        this.offload = given == null ? Runnable::run : given;
    }

    /** For the channels of one client. */
    static NameResolverProvider of(Flow.Publisher<List<Address>> lists, String authority) {
        return new NameResolverProvider() {
            @Override
            protected boolean isAvailable() {
                return true;
            }

            @Override
            protected int priority() {
                return 5;
            }

            @Override
            public String getDefaultScheme() {
                return SCHEME;
            }

            @Override
            public NameResolver newNameResolver(URI target, Args args) {
                return new ListResolver(lists, authority, args);
            }
        };
    }

    /** Tells each subscriber {@code list} and nothing else. */
    static Flow.Publisher<List<Address>> fixed(List<Address> list) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private boolean told;

            @Override
            public void request(long count) {
                if (!told) {
                    told = true;
                    subscriber.onNext(list);
                }
            }

            @Override
            public void cancel() {
                told = true;
            }
        });
    }

    @Override
    public String getServiceAuthority() {
        return authority;
    }

    @Override
    public void start(Listener2 listener) {
        lists.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription from) {
                subscription = from;
                if (stopped) {
                    from.cancel();
                } else {
                    from.request(Long.MAX_VALUE);
                }
            }

            @Override
            public void onNext(List<Address> list) {
                if (list.stream().allMatch(ListResolver::isLiteral)) {
                    tell(listener, list);
                } else {
                    offload.execute(() -> tell(listener, list));
                }
            }

            @Override
            public void onError(Throwable failure) {
                listener.onError(Status.UNAVAILABLE
                        .withDescription("whoever knows the addresses of " + authority + " has failed")
                        .withCause(failure));
            }

            @Override
            public void onComplete() {
                // The last list stays.
            }
        });
    }

    private void tell(Listener2 listener, List<Address> list) {
        if (stopped) {
            return;
        }
        List<EquivalentAddressGroup> groups = new ArrayList<>();
        try {
            for (Address each : list) {
                groups.add(group(each));
            }
        } catch (IOException | IllegalArgumentException e) {
            listener.onError(Status.UNAVAILABLE
                    .withDescription("an address of " + authority + " cannot be used: " + e.getMessage())
                    .withCause(e));
            return;
        }
        if (groups.isEmpty()) {
            listener.onError(Status.UNAVAILABLE.withDescription("there are no addresses of " + authority + " now"));
            return;
        }
        listener.onResult(ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(groups))
                .build());
    }

    private EquivalentAddressGroup group(Address address) throws IOException {
        if (!(address instanceof Address.Tcp tcp)) {
            throw new IllegalArgumentException(address + " is no TCP address, and lists have those alone");
        }
        InetSocketAddress resolved = new InetSocketAddress(InetAddress.getByName(tcp.host()), tcp.port());
        ProxiedSocketAddress proxied = proxies.proxyFor(resolved);
        return new EquivalentAddressGroup(proxied == null ? resolved : proxied);
    }

    private static boolean isLiteral(Address address) {
        return address instanceof Address.Tcp tcp
                && (tcp.host().indexOf(':') >= 0
                        || tcp.host().chars().allMatch(each -> each == '.' || (each >= '0' && each <= '9')));
    }

    @Override
    public void shutdown() {
        stopped = true;
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }
}
