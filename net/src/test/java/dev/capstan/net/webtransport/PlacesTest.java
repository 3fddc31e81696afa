package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.channels.ChannelHost;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who takes the places of a server, and its address. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted
final class PlacesTest {
    private static final Limits.WebTransport FOUR = new Limits.WebTransport(
            4,
            1000,
            4096,
            64 << 10,
            16,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));

    /** A client that hears nothing of what it is answered, as one that sends in the name of another. */
    private static Channel deaf(Sessions sessions) {
        ChannelHost host = ChannelHost.of(sessions.net.network());
        QuicSslContext tls = QuicSslContextBuilder.forClient()
                .trustManager(ServerTrust.anybody().manager())
                .endpointIdentificationAlgorithm("")
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        Channel socket = new Bootstrap()
                .group(host.eventLoop())
                .channelFactory(host::newDatagramChannel)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelRead(ChannelHandlerContext context, Object message) {
                                        ReferenceCountUtil.release(message);
                                    }
                                })
                                .addLast(Http3Wire.configure(Http3.newQuicClientCodecBuilder(), FOUR, false)
                                        .sslEngineProvider(each -> tls.newEngine(each.alloc()))
                                        .build());
                    }
                })
                .bind(Sessions.local(0))
                .channel();
        sessions.until(socket::isActive);
        QuicChannel.newBootstrap(socket)
                .handler(new ChannelInboundHandlerAdapter())
                .remoteAddress(sessions.server.address())
                .connect();
        return socket;
    }

    @Test
    void who_sends_in_the_names_of_others_takes_half_of_the_places_at_most() {
        Sessions sessions = new Sessions(Transport.AUTO, FOUR);
        List<Channel> deaf = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            deaf.add(deaf(sessions));
            sessions.polls();
        }
        assertEquals(2, sessions.server.connections());
        sessions.pair();
        Sessions.Pair second = sessions.pair();
        assertEquals(4, sessions.server.connections());
        Lines heard = Lines.of(second.server().messages());
        Lines.send(second.client().messages(), "here");
        sessions.until(() -> heard.count() == 1);
        deaf.forEach(Channel::close);
        sessions.polls();
        sessions.close();
        assertEquals(0, sessions.loop().timer().pending());
    }

    @Test
    void a_server_that_is_given_up_before_it_is_handed_out_leaves_its_address() throws IOException {
        NetLoop net = NetLoop.onThisThread(Transport.AUTO);
        int port;
        try (DatagramSocket probe = new DatagramSocket(Sessions.local(0))) {
            port = probe.getLocalPort();
        }
        List<String> handedOut = new ArrayList<>();
        Promise.Cancelable listening =
                listen(net, port).listen(net.loop(), (server, failure) -> handedOut.add(String.valueOf(server)));
        boolean[] cancelled = {false};
        net.loop().post(() -> cancelOnceBound(net, port, listening, cancelled));
        while (!cancelled[0]) {
            net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
        }
        assertEquals(List.of(), handedOut);
        WebTransportServer server = net.loop().await(listen(net, port));
        assertEquals(port, server.address().getPort());
        server.close();
        net.close();
        assertEquals(0, net.loop().timer().pending());
    }

    private static Promise<WebTransportServer> listen(NetLoop net, int port) {
        return WebTransportServer.listen(
                net,
                Sessions.local(port),
                ServerIdentity.selfIssued(Sessions.CLOCK, new SecureRandom(), "localhost"),
                WebTransportRoutes.none(),
                FOUR);
    }

    /** Looks in each turn: a handshake takes several. */
    private static void cancelOnceBound(NetLoop net, int port, Promise.Cancelable listening, boolean[] cancelled) {
        if (isTaken(port)) {
            cancelled[0] = true;
            listening.cancel();
        } else {
            net.loop().post(() -> cancelOnceBound(net, port, listening, cancelled));
        }
    }

    private static boolean isTaken(int port) {
        try (DatagramSocket probe = new DatagramSocket(Sessions.local(port))) {
            return !probe.isBound();
        } catch (BindException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
