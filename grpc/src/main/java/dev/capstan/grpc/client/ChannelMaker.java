package dev.capstan.grpc.client;

import io.grpc.Channel;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The channels of grpc-java that a client's builder asks for, if what it was told fits together. */
final class ChannelMaker {
    private final GrpcClient.Builder from;
    private final Target servers;
    /** Whether a policy lets calls be sent more than once. */
    private final boolean again;
    /** Whether we send those again that no server has begun, rather than grpc-java. */
    private final boolean repeats;

    private final Kept kept;

    /** @throws IllegalStateException if something is missing or contradicts something else */
    ChannelMaker(GrpcClient.Builder from) {
        this.from = from;
        Target target = from.target;
        if (target == null) {
            throw new IllegalStateException("say where the servers are: dns(...), to(...) or over(...)");
        }
        this.servers = target;
        this.again = from.policies.stream().anyMatch(each -> !(each.attempts() instanceof Attempts.Once));
        // What other transports say of such calls is not known.
        this.repeats = !again && !(target instanceof Target.Made);
        this.kept = new Kept(from.repeats);
        checkServers();
        checkCalls();
    }

    private void checkServers() {
        check(from.targets == 1, "the servers were named twice: keep one of dns(...), to(...) and over(...)");
        boolean made = servers instanceof Target.Made;
        check(made || from.plaintext || from.tls != null, "say tls(...) or plaintext()");
        check(!(from.plaintext && from.tls != null), "tls(...) and plaintext() contradict one another: keep one");
        check(
                !made || (!from.plaintext && from.tls == null),
                "whoever makes the channels of over(...) says how they are encrypted: leave tls(...) and plaintext() out");
        check(
                from.healthOf == null || !(from.balancing instanceof Balancing.PickFirst),
                "healthOf(...) needs several servers to choose from: say balancing(new Balancing.RoundRobin())");
        check(
                from.proxies == null || !servers.isUnix(),
                "there are no proxies to a Unix socket: leave proxies(...) out");
    }

    private void checkCalls() {
        check(
                from.compression == null || from.compressors.lookupCompressor(from.compression) != null,
                "there is no compressor '" + from.compression + "': register it with encodings(...)");
        List<String> paths = from.policies.stream().map(MethodPolicy::path).toList();
        for (String path : paths) {
            check(
                    paths.indexOf(path) == paths.lastIndexOf(path),
                    "there are two policies for '" + path + "': keep one");
        }
        check(
                from.budgetTokens == 0 || again,
                "retryBudget(...) without a policy that retries or hedges bounds nothing: add one, or leave it out");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** As many as the client has connections to each server at most. Nothing is connected yet. */
    List<ManagedChannel> channels() {
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < from.mostConnections; i++) {
            channels.add(channel());
        }
        return channels;
    }

    /** What calls of {@code channel} go through. */
    Channel entrance(Channel channel) {
        if (!repeats) {
            return channel;
        }
        boolean timed = from.policies.stream().anyMatch(each -> !each.deadline().isZero());
        return new TransparentRetries(
                channel,
                kept,
                timed
                        ? from.policies.stream().collect(Collectors.toMap(MethodPolicy::path, MethodPolicy::deadline))
                        : Map.of());
    }

    private ManagedChannel channel() {
        ManagedChannelBuilder<?> channel = servers.channel(
                        from.tls == null ? InsecureChannelCredentials.create() : from.tls, from.authority)
                .directExecutor()
                .compressorRegistry(from.compressors)
                .decompressorRegistry(from.decompressors)
                .maxInboundMessageSize(from.limits.inboundMessageBytes())
                .maxInboundMetadataSize(from.limits.metadataBytes())
                .disableServiceConfigLookUp()
                .defaultServiceConfig(ServiceConfig.of(
                        from.balancing, from.healthOf, from.policies, from.budgetTokens, from.budgetRatio));
        if (from.host != null && servers.isOfTcp() && channel instanceof NettyChannelBuilder tcp) {
            tcp.eventLoopGroup(from.host.eventLoop()).channelType(from.host.socketChannels());
        }
        if (again) {
            channel.enableRetry().maxRetryAttempts(Attempts.MAX).maxHedgedAttempts(Attempts.MAX);
        }
        if (repeats) {
            channel.disableRetry();
        }
        if (from.authority != null) {
            channel.overrideAuthority(from.authority);
        }
        if (from.keepAlive != null) {
            channel.keepAliveTime(from.keepAlive.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTimeout(from.keepAliveTimeout.toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveWithoutCalls(from.keepAliveIdle);
        }
        if (from.idle != null) {
            channel.idleTimeout(from.idle.toNanos(), TimeUnit.NANOSECONDS);
        }
        if (from.proxies != null) {
            channel.proxyDetector(from.proxies);
        }
        return channel.build();
    }
}
