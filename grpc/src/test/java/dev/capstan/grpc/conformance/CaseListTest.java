package dev.capstan.grpc.conformance;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.capstan.grpc.security.ClientCertificateCaseTest;
import dev.capstan.testkit.Parity;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The list of all names of connectrpc/conformance for gRPC and gRPC-Web, against the tables. */
class CaseListTest {
    private static final int GRPC = 156;
    private static final int WEB = 41;

    private static final Map<String, Set<String>> TABLES = Map.of(
            "ServerCasesTest",
            ServerCasesTest.ids(),
            "ClientCasesTest",
            ClientCasesTest.ids(),
            "ClientCertificateCaseTest",
            ClientCertificateCaseTest.ids());

    private static Map<String, JsonElement> cases() throws IOException {
        try (InputStream in = requireNonNull(CaseListTest.class.getResourceAsStream("/conformance-cases.json"))) {
            return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .getAsJsonObject()
                    .getAsJsonObject("cases")
                    .asMap();
        }
    }

    @Test
    @Parity("GRPC-S9.2")
    void the_list_has_all_names() throws IOException {
        Set<String> names = cases().keySet();
        assertEquals(
                GRPC,
                names.stream().filter(each -> !each.startsWith("grpc_web_")).count());
        assertEquals(
                WEB, names.stream().filter(each -> each.startsWith("grpc_web_")).count());
    }

    @Test
    @Parity("GRPC-S9.2")
    void each_name_is_in_the_tables_that_the_list_says_or_has_a_reason() throws IOException {
        for (Map.Entry<String, JsonElement> each : cases().entrySet()) {
            JsonObject entry = each.getValue().getAsJsonObject();
            Set<String> tests = new TreeSet<>();
            if (entry.has("tests")) {
                entry.getAsJsonArray("tests").forEach(test -> tests.add(test.getAsString()));
            } else {
                assertTrue(entry.get("reason").getAsString().length() > 20, each.getKey());
            }
            Set<String> found = new TreeSet<>();
            TABLES.forEach((test, ids) -> {
                if (ids.contains(each.getKey())) {
                    found.add(test);
                }
            });
            assertEquals(tests, found, each.getKey());
        }
    }

    @Test
    @Parity("GRPC-S9.2")
    void no_table_has_a_name_that_the_list_has_not() throws IOException {
        Set<String> names = cases().keySet();
        TABLES.values().forEach(ids -> ids.forEach(each -> assertTrue(names.contains(each), each)));
    }
}
