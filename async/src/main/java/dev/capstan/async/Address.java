package dev.capstan.async;

import java.util.function.Supplier;

/** Where a {@link Network} connects to or listens. A value. */
public sealed interface Address {
    /**
     * A TCP address.
     *
     * @param host name or literal; IPv6 literals without brackets
     * @param port 0..65535; 0 lets the system choose when listening
     */
    record Tcp(String host, int port) implements Address {
        /** Checks host and range. */
        public Tcp {
            if (host.isEmpty()) {
                throw new IllegalArgumentException("a TCP address needs a host, as in localhost:4000 or 0.0.0.0:4000");
            }
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("a port lies between 0 and 65535, not " + port);
            }
        }

        @Override
        public String toString() {
            return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    /**
     * A Unix domain socket.
     *
     * @param path file name; at most 107 bytes on Linux
     */
    record Unix(String path) implements Address {
        /** Checks for emptiness. */
        public Unix {
            if (path.isEmpty()) {
                throw new IllegalArgumentException("a Unix socket needs a path, as in unix:/run/app.sock");
            }
        }

        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * Reads {@code host:port}, {@code [v6]:port} or {@code unix:PATH}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static Address parse(String text) {
        if (text.startsWith("unix:")) {
            return read(text, () -> new Unix(text.substring("unix:".length())));
        }
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || text.endsWith("]") || text.contains("://")) {
            throw new IllegalArgumentException("'" + text + "' is no address: write host:port, [v6]:port or unix:PATH");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': put an IPv6 address in brackets, as in [::1]:4000");
        }
        String name = host;
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return read(text, () -> new Tcp(name, port));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "': the port must be a number", e);
        }
    }

    private static Address read(String text, Supplier<Address> address) {
        try {
            return address.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
        }
    }
}
