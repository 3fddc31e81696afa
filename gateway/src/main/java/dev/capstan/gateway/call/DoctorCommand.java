package dev.capstan.gateway.call;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Network;
import dev.capstan.cap.Failure;
import dev.capstan.gateway.dial.Dial;
import dev.capstan.gateway.dial.Patience;
import dev.capstan.gateway.dial.Remote;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.tls.TlsSession;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds out what is wrong between here and a server. */
@Command(
        name = "doctor",
        description = "Check the way to a server step by step, and say what to do where it ends.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    private static final Duration SOON = Duration.ofDays(21);

    @Parameters(index = "0", paramLabel = "URL", description = "The server, as in wss://host/path.")
    private String url = "";

    @Option(
            names = {"-n", "--pings"},
            paramLabel = "N",
            defaultValue = "20",
            description = "Measure how long so many small calls take; ${DEFAULT-VALUE} unless told.")
    private int pings;

    @Mixin
    private Dial dial = new Dial();

    private final Session session;
    private final InstantSource clock;
    private int code;

    public DoctorCommand(Session session, InstantSource clock) {
        this.session = session;
        this.clock = clock;
    }

    private void ok(String step, String what) {
        session.say(String.format(Locale.ROOT, "OK    %-9s %s", step, what));
    }

    private void warn(String step, String what) {
        session.say(String.format(Locale.ROOT, "WARN  %-9s %s", step, what));
    }

    private void fail(int exitCode, String step, String what) {
        session.say(String.format(Locale.ROOT, "FAIL  %-9s %s", step, what));
        code = exitCode;
    }

    @Override
    public Integer call() throws InputException {
        WireUrl to = Session.url(url);
        code = 0;
        try (NetLoop net = NetLoop.open("doctor", Transport.AUTO)) {
            Patience patience = dial.patience(net.loop());
            if (resolves(to)
                    && (to.scheme() == WireUrl.Scheme.WT || connects(net, to, patience))
                    && (!to.tls() || to.scheme() == WireUrl.Scheme.WT || handshakes(net, to, patience))) {
                speaks(net, to, patience);
            }
        } catch (InputException e) {
            throw new ExitException(ExitException.USAGE, String.valueOf(e.getMessage()));
        }
        return code;
    }

    private boolean resolves(WireUrl to) {
        if (!(to.address() instanceof Address.Tcp(String host, int port))) {
            return true;
        }
        try {
            ok(
                    "resolve",
                    host + " is "
                            + Stream.of(InetAddress.getAllByName(host))
                                    .map(InetAddress::getHostAddress)
                                    .collect(Collectors.joining(", ")));
            return true;
        } catch (UnknownHostException e) {
            fail(
                    ExitException.UNREACHABLE,
                    "resolve",
                    host + " is no host that is known here: check its spelling, and the DNS of this machine");
            return false;
        }
    }

    private boolean connects(NetLoop net, WireUrl to, Patience patience) {
        try {
            ByteStream stream = patience.await(net.network().connect(to.address()), dial.connectTimeout(), "");
            net.loop().post(stream::close);
            ok("connect", to.address() + " accepts connections");
            return true;
        } catch (ExitException e) {
            fail(
                    ExitException.UNREACHABLE,
                    "connect",
                    to.address() + " does not answer within " + Patience.seconds(dial.connectTimeout())
                            + ": a firewall may drop what is sent there; --connect-timeout waits longer");
        } catch (RuntimeException e) {
            fail(
                    ExitException.UNREACHABLE,
                    "connect",
                    Failure.of(e).reason() + ": is the server running, and does it listen at this address?");
        }
        return false;
    }

    // ---- TLS

    private boolean handshakes(NetLoop net, WireUrl to, Patience patience) throws InputException {
        String[] protocols = switch (to.wire()) {
            case CAPNP -> new String[] {"capnp"};
            case WEB -> new String[] {"http/1.1"};
            case GRPC -> new String[] {"h2"};
        };
        Network network = dial.network(net, to, session.desk(), protocols);
        try {
            TlsSession tls = (TlsSession) patience.await(
                    network.connect(to.address()),
                    dial.connectTimeout(),
                    "the server does not answer the TLS handshake");
            try {
                SSLSession agreed = tls.session();
                ok("tls", agreed.getProtocol() + ", " + agreed.getCipherSuite());
                certificate(agreed);
                alpn(to, tls.protocol(), protocols[0]);
            } finally {
                net.loop().post(tls::close);
            }
            return true;
        } catch (ExitException e) {
            fail(ExitException.UNREACHABLE, "tls", e.getMessage() + ": does it speak TLS there at all?");
        } catch (RuntimeException e) {
            fail(
                    ExitException.UNREACHABLE,
                    "tls",
                    Failure.of(e).reason() + advice(Failure.of(e).reason()));
        }
        return false;
    }

    private static String advice(String reason) {
        String text = reason.toLowerCase(Locale.ROOT);
        if (text.contains("certification path") || text.contains("trust")) {
            return ": name the authority that has signed its certificate with --cacert FILE (or, for a test, --insecure)";
        }
        if (text.contains("no name matching") || text.contains("alternative")) {
            return ": the certificate is for another name; say it with --servername NAME, or get one for this host";
        }
        if (text.contains("certificate_required") || text.contains("bad_certificate")) {
            return ": the server wants to know who you are; show it --cert FILE --key FILE";
        }
        return ": is it a TLS server?";
    }

    private void certificate(SSLSession agreed) {
        try {
            Certificate[] chain = agreed.getPeerCertificates();
            if (!(chain[0] instanceof X509Certificate shown)) {
                return;
            }
            Duration left =
                    Duration.between(clock.instant(), shown.getNotAfter().toInstant());
            String what = shown.getSubjectX500Principal() + ", until "
                    + shown.getNotAfter().toInstant() + " (" + left.toDays() + " days)";
            if (left.isNegative()) {
                warn("cert", what + ": it has expired, and only --insecure accepts it; renew it");
            } else if (left.compareTo(SOON) < 0) {
                warn("cert", what + ": renew it");
            } else {
                ok("cert", what);
            }
        } catch (SSLPeerUnverifiedException e) {
            warn("cert", "the server has shown no certificate");
        }
    }

    private void alpn(WireUrl to, String agreed, String wanted) {
        if (agreed.equals(wanted)) {
            ok("alpn", agreed);
        } else if (to.wire() == WireUrl.Wire.GRPC) {
            fail(
                    ExitException.UNREACHABLE,
                    "alpn",
                    "the server does not offer h2, and gRPC needs it: let it, or whatever stands before it, offer HTTP/2");
        } else {
            ok("alpn", "none agreed on; " + to.wire() + " does not need it");
        }
    }

    // ---- the wire

    private void speaks(NetLoop net, WireUrl to, Patience patience) throws InputException {
        try (Remote remote = dial.openWithoutSchema(net, to, patience, session.desk())) {
            try {
                patience.await(
                        net.loop().fetch(remote::ping),
                        dial.connectTimeout(),
                        "nothing came within " + Patience.seconds(dial.connectTimeout()));
            } catch (RuntimeException e) {
                fail(
                        ExitException.REMOTE_FAILURE,
                        "protocol",
                        "connected, but " + why(e) + ": does the server speak " + to.wire() + " there?");
                return;
            }
            ok("protocol", remote.greeting());
            remote.warnings().forEach(each -> warn("protocol", each));
            ok("limits", remote.limits());
            latency(net, remote, patience);
        } catch (ExitException e) {
            fail(e.code(), "protocol", String.valueOf(e.getMessage()));
        }
    }

    private static String why(RuntimeException e) {
        return switch (e) {
            case GrpcFailure failure -> failure.code() + ": " + failure.reason();
            case ExitException end -> String.valueOf(end.getMessage());
            default -> Failure.of(e).reason();
        };
    }

    private void latency(NetLoop net, Remote remote, Patience patience) {
        long[] nanos = new long[Math.max(1, pings)];
        for (int i = 0; i < nanos.length; i++) {
            long began = net.loop().timer().nanoTime();
            patience.await(net.loop().fetch(remote::ping));
            nanos[i] = net.loop().timer().nanoTime() - began;
        }
        Arrays.sort(nanos);
        ok(
                "latency",
                "min " + millis(nanos[0]) + ", median " + millis(nanos[nanos.length / 2]) + ", max "
                        + millis(nanos[nanos.length - 1]) + " of " + nanos.length + " small calls");
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }
}
