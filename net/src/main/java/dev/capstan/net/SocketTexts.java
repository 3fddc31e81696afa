package dev.capstan.net;

import dev.capstan.async.Address;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the reader of an error is told: where it happened, what the system said, and what to do about it. */
final class SocketTexts {
    private SocketTexts() {}

    static String of(@Nullable SocketAddress address) {
        return switch (address) {
            case null -> "an unknown address";
            case InetSocketAddress inet -> {
                String host = inet.getAddress() == null
                        ? inet.getHostString()
                        : inet.getAddress().getHostAddress();
                yield inet.getAddress() instanceof Inet6Address
                        ? "[" + host + "]:" + inet.getPort()
                        : host + ":" + inet.getPort();
            }
            case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
            default -> address.toString();
        };
    }

    /** As a value of ours; null if it is of no kind that we have. */
    static @Nullable Address address(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet
            when inet.getAddress() != null -> new Address.Tcp(inet.getAddress().getHostAddress(), inet.getPort());
            case UnixDomainSocketAddress unix
            when !unix.getPath().toString().isEmpty() ->
                new Address.Unix(unix.getPath().toString());
            default -> null;
        };
    }

    /** An attempt to connect has failed. */
    static IOException connect(Address to, @Nullable SocketAddress tried, Throwable cause) {
        String where = to.toString();
        if (tried instanceof InetSocketAddress && !of(tried).equals(where)) {
            where += " (" + of(tried) + ")";
        }
        String reason = reason(cause);
        return new IOException("cannot connect to " + where + ": " + reason + connectAdvice(to, reason), cause);
    }

    private static String connectAdvice(Address to, String reason) {
        String low = reason.toLowerCase(Locale.ROOT);
        if (low.contains("refused")) {
            return to instanceof Address.Unix
                    ? "; the file is there but nobody listens on it: start the server"
                    : "; nothing listens there: start the server, or check host and port";
        }
        if (low.contains("reset")) {
            return "; the server closed the connection at once: its log may say why";
        }
        if (low.contains("no such file")) {
            return "; start the server that makes this socket, or check the path";
        }
        if (low.contains("temporarily unavailable")) {
            return "; the server's queue of connections is full: try again later";
        }
        if (low.contains("permission")) {
            return "; ask for the right to use this address, or use another";
        }
        return "; check the address and the network";
    }

    /** A listener could not be opened. */
    static IOException listen(Address at, Throwable cause) {
        String reason = reason(cause);
        return new IOException("cannot listen on " + at + ": " + reason + listenAdvice(at, reason), cause);
    }

    private static String listenAdvice(Address at, String reason) {
        String low = reason.toLowerCase(Locale.ROOT);
        if (low.contains("in use")) {
            return at instanceof Address.Unix
                    ? "; another server listens there, or the path is a file: choose another path"
                    : "; another server listens there: stop it, or choose another port (0 lets the system choose)";
        }
        if (low.contains("permission")) {
            return at instanceof Address.Unix
                    ? "; choose a directory that you may write to"
                    : "; choose a port above 1023";
        }
        if (low.contains("assign requested")) {
            return "; no interface of this machine has this address: 0.0.0.0 or [::] means all of them";
        }
        if (low.contains("no such file")) {
            return "; make the directory first";
        }
        return "; check the address";
    }

    /** A connection has broken while it was used. */
    static IOException broken(String peer, Throwable cause) {
        return new IOException("the connection with " + peer + " broke: " + reason(cause), cause);
    }

    /** What the system said, without what the library has put around it. */
    static String reason(Throwable cause) {
        String text = cause.getMessage();
        if (cause instanceof FileNotFoundException) {
            return "No such file or directory";
        }
        if (cause instanceof NoRouteToHostException && text == null) {
            return "No route to host";
        }
        if (cause instanceof NotYetConnectedException || cause instanceof ClosedChannelException) {
            return "it is not connected any more";
        }
        if (text == null) {
            return cause.getClass().getSimpleName();
        }
        // Netty writes "recvAddress(..) failed with error(-104): Connection reset by peer".
        int library = text.indexOf("failed with error(");
        int colon = library < 0 ? -1 : text.indexOf("):", library);
        return colon < 0 ? text : text.substring(colon + 2).strip();
    }
}
