package dev.capstan.grpc.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/** What names below {@code capstan.test} lead to, wherever this process asks for names. All others are left to the system. */
public final class TestNames extends InetAddressResolverProvider {
    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return switch (host) {
                    case "one.capstan.test" -> addresses(host, 1);
                    // Nobody listens at the first.
                    case "second-of-two.capstan.test" -> addresses(host, 2, 1);
                    case "nobody.capstan.test" -> throw new UnknownHostException(host);
                    default -> system.lookupByName(host, policy);
                };
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return system.lookupByAddress(address);
            }
        };
    }

    private static Stream<InetAddress> addresses(String host, int... ofLoopback) throws UnknownHostException {
        Stream.Builder<InetAddress> all = Stream.builder();
        for (int each : ofLoopback) {
            all.add(InetAddress.getByAddress(host, new byte[] {127, 0, 0, (byte) each}));
        }
        return all.build();
    }

    @Override
    public String name() {
        return "names of tests";
    }
}
