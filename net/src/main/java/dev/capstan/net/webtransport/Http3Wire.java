package dev.capstan.net.webtransport;

import dev.capstan.net.Limits;
import dev.capstan.net.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What both sides say in HTTP/3 and QUIC: settings, transport parameters, numbers.
 *
 * <p>Browsers speak draft 2 of WebTransport over HTTP/3 and later ones are announced beside it; the form on the wire of what is used here is the
 * same in all of them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails is heard of as the end of its channel
final class Http3Wire {
    /** Value of {@code :protocol}. */
    static final String PROTOCOL = "webtransport";
    /** What draft 2 wants in the request, and in the answer. */
    static final String DRAFT_REQUEST = "sec-webtransport-http3-draft02";

    static final String DRAFT_ANSWER = "sec-webtransport-http3-draft";
    /** First on a bidirectional stream of a session, before the session's id (draft section 4.2). */
    static final long STREAM_SIGNAL = 0x41;

    /** Of QUIC: the application has ended the connection. */
    private static final int APPLICATION_ERROR = 0x0c;

    private static final long ENABLE_WEBTRANSPORT_DRAFT_2 = 0x2b603742;
    private static final long MAX_SESSIONS_DRAFT_7 = 0xc671706aL;
    private static final long MAX_SESSIONS_DRAFT_13 = 0x14e9cd29;
    private static final long ENABLE_CONNECT_PROTOCOL = 0x8;

    /** Control, QPACK encoder and decoder, which HTTP/3 needs; the bytes of each are few. */
    private static final int UNIDIRECTIONAL_BYTES = 16 << 10;

    private static final int DATAGRAMS = 16;
    /**
     * Asked of the system for each socket, which gives what it may: QUIC sends a whole congestion window at once, and what does not fit in the
     * receiver's buffer is lost and sent again.
     */
    static final int SOCKET_BYTES = 4 << 20;
    /** Bytes of a packet that pass through nearly every network, IPv6 and tunnels included. */
    private static final int PACKET_BYTES = 1350;
    /** So that a client behind a router that changes its port more than once is found again. */
    private static final int CONNECTION_IDS = 8;

    private Http3Wire() {}

    /**
     * Datagrams are announced because browsers insist on it; those that come are dropped. Netty drops every setting that it does not know unless a
     * validator lets it pass.
     */
    static Http3SettingsFrame settings(Limits.WebTransport limits) {
        Http3Settings settings = new Http3Settings(Http3Wire::isKnown)
                .enableConnectProtocol(true)
                .enableH3Datagram(true)
                .maxFieldSectionSize(limits.headBytes());
        settings.put(ENABLE_WEBTRANSPORT_DRAFT_2, 1L);
        settings.put(MAX_SESSIONS_DRAFT_7, 1L);
        settings.put(MAX_SESSIONS_DRAFT_13, 1L);
        return new DefaultHttp3SettingsFrame(settings);
    }

    static boolean isKnown(long id, Long value) {
        return id == ENABLE_WEBTRANSPORT_DRAFT_2 || id == MAX_SESSIONS_DRAFT_7 || id == MAX_SESSIONS_DRAFT_13;
    }

    /** Whether a server with these settings takes sessions. */
    static boolean offersSessions(Http3SettingsFrame frame) {
        Http3Settings settings = frame.settings();
        boolean isEnabled = settings.getOrDefault(ENABLE_WEBTRANSPORT_DRAFT_2, 0L) > 0
                || settings.getOrDefault(MAX_SESSIONS_DRAFT_7, 0L) > 0
                || settings.getOrDefault(MAX_SESSIONS_DRAFT_13, 0L) > 0;
        return isEnabled && settings.getOrDefault(ENABLE_CONNECT_PROTOCOL, 0L) == 1;
    }

    /** Transport parameters; the client lets the server open no bidirectional stream. */
    static <B extends QuicCodecBuilder<B>> B configure(B builder, Limits.WebTransport limits, boolean isServer) {
        long window = limits.windowBytes();
        return builder.maxIdleTimeout(limits.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .initialMaxData(2 * window)
                .initialMaxStreamDataBidirectionalLocal(window)
                .initialMaxStreamDataBidirectionalRemote(window)
                .initialMaxStreamDataUnidirectional(UNIDIRECTIONAL_BYTES)
                .initialMaxStreamsBidirectional(isServer ? limits.streams() : 0)
                .initialMaxStreamsUnidirectional(limits.streams())
                .maxSendUdpPayloadSize(PACKET_BYTES)
                .activeConnectionIdLimit(CONNECTION_IDS)
                .datagram(DATAGRAMS, DATAGRAMS);
    }

    static Headers headers(Http3Headers from, String... but) {
        Headers headers = Headers.of();
        for (Map.Entry<CharSequence, CharSequence> field : from) {
            String name = field.getKey().toString();
            if (!name.startsWith(":") && !List.of(but).contains(name)) {
                headers = headers.with(name, field.getValue().toString());
            }
        }
        return headers;
    }

    /**
     * Ends the connection. Before its handshake is over there are no words of an application: RFC 9000, section 10.2.3, has a code of QUIC's in their place. The codec would look for a
     * packet that it may put them in for ever, and keep the loop with it.
     */
    static void close(QuicChannel connection, boolean isEstablished, Http3ErrorCode code, String reason) {
        if (!isEstablished) {
            connection.close(false, APPLICATION_ERROR, Unpooled.EMPTY_BUFFER);
            return;
        }
        ByteBuf text = Unpooled.copiedBuffer(reason, StandardCharsets.US_ASCII);
        connection.close(true, code.code(), text);
    }
}
