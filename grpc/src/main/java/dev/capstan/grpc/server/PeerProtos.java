package dev.capstan.grpc.server;

import com.google.protobuf.ByteString;
import io.grpc.channelz.v1.Address;
import io.grpc.channelz.v1.Security;
import java.net.InetAddress;
import java.security.cert.CertificateEncodingException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** The other side of a connection in the words of channelz: pure functions. */
final class PeerProtos {
    private PeerProtos() {}

    static Address address(dev.capstan.async.Address of) {
        return switch (of) {
            case dev.capstan.async.Address.Tcp tcp -> tcp(tcp);
            case dev.capstan.async.Address.Unix(String path) ->
                Address.newBuilder()
                        .setUdsAddress(Address.UdsAddress.newBuilder().setFilename(path))
                        .build();
        };
    }

    private static Address tcp(dev.capstan.async.Address.Tcp of) {
        try {
            return Address.newBuilder()
                    .setTcpipAddress(Address.TcpIpAddress.newBuilder()
                            .setIpAddress(ByteString.copyFrom(
                                    InetAddress.ofLiteral(of.host()).getAddress()))
                            .setPort(of.port()))
                    .build();
        } catch (IllegalArgumentException e) {
            return other(of); // A name, which is not worth a lookup.
        }
    }

    private static Address other(dev.capstan.async.Address of) {
        return Address.newBuilder()
                .setOtherAddress(Address.OtherAddress.newBuilder().setName(of.toString()))
                .build();
    }

    static Security.Tls tls(SSLSession session) {
        Security.Tls.Builder tls = Security.Tls.newBuilder().setStandardName(session.getCipherSuite());
        try {
            tls.setRemoteCertificate(ByteString.copyFrom(session.getPeerCertificates()[0].getEncoded()));
        } catch (SSLPeerUnverifiedException e) {
            // The client has shown none.
        } catch (CertificateEncodingException e) {
            throw new AssertionError("a certificate that came over the wire has bytes", e);
        }
        return tls.build();
    }
}
