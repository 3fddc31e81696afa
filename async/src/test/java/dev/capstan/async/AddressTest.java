package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {
    @Test
    void reads_a_host_and_a_port() {
        assertEquals(new Address.Tcp("localhost", 4000), Address.parse("localhost:4000"));
        assertEquals(new Address.Tcp("127.0.0.1", 0), Address.parse("127.0.0.1:0"));
    }

    @Test
    void reads_an_ipv6_literal_in_brackets() {
        assertEquals(new Address.Tcp("::1", 80), Address.parse("[::1]:80"));
    }

    @Test
    void reads_a_unix_path_also_with_colons() {
        assertEquals(new Address.Unix("/run/a:b.sock"), Address.parse("unix:/run/a:b.sock"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4000", "[::1]:80", "unix:/run/app.sock", "0.0.0.0:0"})
    void text_and_address_round_trip(String text) {
        assertEquals(text, Address.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost|write host:port",
                ":4000|write host:port",
                "''|write host:port",
                "[::1]|write host:port",
                "::1:4000|brackets",
                "localhost:|must be a number",
                "localhost:http|must be a number",
                "localhost:65536|between 0 and 65535",
                "localhost:-1|between 0 and 65535",
                "[]:80|needs a host",
                "tcp://127.0.0.1:4000|write host:port",
                "unix:|needs a path"
            })
    void what_is_no_address_is_refused_with_advice(String text, String advice) {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> Address.parse(text));
        assertTrue(String.valueOf(thrown.getMessage()).contains(advice), thrown.getMessage());
    }
}
