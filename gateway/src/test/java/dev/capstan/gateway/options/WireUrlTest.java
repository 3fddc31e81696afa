package dev.capstan.gateway.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.gateway.options.WireUrl.Scheme;
import dev.capstan.gateway.options.WireUrl.Wire;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** URLs of every wire. */
class WireUrlTest {
    @ParameterizedTest
    @CsvSource({
        "capnp://127.0.0.1:80,CAPNP,CAPNP,false,127.0.0.1:80,''",
        "capnp://127.0.0.1:80/,CAPNP,CAPNP,false,127.0.0.1:80,''",
        "capnps://a.example:80,CAPNPS,CAPNP,true,a.example:80,''",
        "capnp+unix:/run/x,CAPNP_UNIX,CAPNP,false,unix:/run/x,''",
        "ws://127.0.0.1:80,WS,WEB,false,127.0.0.1:80,/",
        "ws://a,WS,WEB,false,a:80,/",
        "ws://a?x=1,WS,WEB,false,a:80,/?x=1",
        "wss://[::1]/p,WSS,WEB,true,[::1]:443,/p",
        "HTTP://127.0.0.1:80/a/b,HTTP,WEB,false,127.0.0.1:80,/a/b",
        "https://a,HTTPS,WEB,true,a:443,/",
        "wt://a:7/rpc,WT,WEB,true,a:7,/rpc",
        "grpc://[::1]:50051,GRPC,GRPC,false,[::1]:50051,''",
        "grpcs://a:443/,GRPCS,GRPC,true,a:443,''"
    })
    void urls_are_read(String text, Scheme scheme, Wire wire, boolean tls, String address, String path) {
        WireUrl url = WireUrl.parse(text);
        assertEquals(new WireUrl(scheme, Address.parse(address), path), url);
        assertEquals(wire, url.wire());
        assertEquals(tls, url.tls());
        assertEquals(url, WireUrl.parse(url.toString()), "what is printed can be read again");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                | is no URL that is known here: write capnp://host:port",
                "127.0.0.1:80      | is no URL that is known here: write capnp://host:port",
                "ftp://a:1         | is no URL that is known here: write capnp://host:port",
                "ws:x              | has no host",
                "capnp://a:1/path  | Cap'n Proto has no paths, leave '/path' out",
                "grpc://a:1/S/M    | gRPC has no paths, leave '/S/M' out",
                "capnp://a         | has no port: write capnp://a:4000",
                "grpcs://[::1]     | has no port: write grpcs://[::1]:4000",
                "capnp://:1        | is no address: write host:port",
                "ws://me:secret@a/ | -H 'authorization: ...'",
                "wss://a:99999/    | a port lies between 0 and 65535",
                "ws://a:x/         | the port must be a number",
                "ws://a/b c        | Illegal character"
            })
    void what_is_no_url_is_told_with_what_would_be(String text, String told) {
        String said = String.valueOf(assertThrows(IllegalArgumentException.class, () -> WireUrl.parse(text))
                .getMessage());
        assertTrue(said.contains(told), said);
    }

    @Test
    void http_clients_know_webtransport_as_https() {
        assertEquals(
                URI.create("https://a:7/rpc?x"), WireUrl.parse("wt://a:7/rpc?x").uri());
        assertEquals(URI.create("ws://[::1]:80/"), WireUrl.parse("ws://[::1]").uri());
    }
}
