package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Parity;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ten thousand random values each way go to the TypeScript implementation on Node, live, and come back as they were. */
@ForeignPeer
class NodeValuesTest {
    private static final int VALUES = Integer.getInteger("capstan.web.trees", 10_000);
    private static final int A_CALL = 100;
    private static final long SEED = Long.getLong("capstan.web.seed", 20261121);

    private NetLoop net;

    @BeforeEach
    void open() throws Exception {
        NodePeer.install();
        net = NetLoop.open("web", Transport.AUTO);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private <T> T onLoop(Callable<T> work) {
        return net.loop().fetch(() -> Promise.of(work.call())).await();
    }

    @Test
    @Parity({
        "PX-113", "PX-114", "PX-115", "PX-116", "PX-117", "PX-118", "PX-119", "PX-120", "PX-127", "PX-128", "PX-129",
        "PX-130", "PX-131", "PX-132", "PX-133", "PX-134", "PX-135", "PX-136", "PX-137", "PX-138", "PX-139", "PX-140",
        "PX-141", "PX-142", "PX-211", "PX-212", "PX-213", "PX-214", "PX-215", "PX-216", "PX-217", "PX-218", "PX-219",
        "PX-220", "PX-221", "PX-222", "PX-223", "PX-224", "PX-225", "PX-226", "PX-227", "PX-228", "PX-229", "PX-230",
        "PX-245", "PX-246", "PX-247", "PX-248", "PX-249", "PX-250", "PX-251", "PX-252", "PX-253", "PX-254", "PX-255",
        "PX-256", "PX-257", "PX-258", "PX-259", "PX-260", "PX-261", "PX-262", "PX-263", "PX-264", "PX-265", "PX-266",
        "PX-267", "PX-268", "PX-269", "PX-270", "PX-271", "PX-272", "PX-273", "PX-274", "PX-275", "PX-276", "PX-277",
        "PX-278", "PX-279", "PX-280", "PX-281", "PX-282", "PX-283", "PX-284", "PX-285", "PX-286", "PX-287", "PX-288",
        "PX-289", "PX-290", "PX-291", "PX-292", "PX-293", "PX-294"
    })
    void values_of_ours_come_back_from_node_as_they_were() throws Exception {
        try (NodePeer node = NodePeer.server()) {
            WebClient client =
                    new WebClient(net.loop(), new HttpClient(net.loop(), net.network(), new Random(1), Http.DEFAULT));
            WebPeer peer = onLoop(() -> client.connect(URI.create("ws://127.0.0.1:" + node.port() + "/")));
            try (Stub api = onLoop(() -> Stub.of(net.loop(), peer.main()))) {
                for (int i = 0; i < VALUES; i += A_CALL) {
                    long seed = SEED + i;
                    RandomValues random = new RandomValues(seed);
                    List<@Nullable Object> sent = new ArrayList<>();
                    for (int n = 0; n < A_CALL; n++) {
                        sent.add(random.value(4));
                    }
                    try (Stub echo = api.call("echo", sent)) {
                        List<?> back = (List<?>) echo.value().await();
                        for (int n = 0; n < A_CALL; n++) {
                            assertEquals(
                                    RandomValues.comparable(sent.get(n)),
                                    RandomValues.comparable(back.get(n)),
                                    "-Dcapstan.web.seed=" + seed + ", value " + n);
                        }
                    }
                }
            }
            node.assertEmpty();
            peer.close();
            net.loop().fetch(peer::onDisconnect).await();
        }
    }

    @Test
    @Parity({
        "PX-113", "PX-114", "PX-115", "PX-116", "PX-117", "PX-118", "PX-119", "PX-120", "PX-127", "PX-128", "PX-129",
        "PX-130", "PX-131", "PX-132", "PX-133", "PX-134", "PX-135", "PX-136", "PX-137", "PX-138", "PX-139", "PX-140",
        "PX-141", "PX-142", "PX-211", "PX-212", "PX-213", "PX-214", "PX-215", "PX-216", "PX-217", "PX-218", "PX-219",
        "PX-220", "PX-221", "PX-222", "PX-223", "PX-224", "PX-225", "PX-226", "PX-227", "PX-228", "PX-229", "PX-230",
        "PX-245", "PX-246", "PX-247", "PX-248", "PX-249", "PX-250", "PX-251", "PX-252", "PX-253", "PX-254", "PX-255",
        "PX-256", "PX-257", "PX-258", "PX-259", "PX-260", "PX-261", "PX-262", "PX-263", "PX-264", "PX-265", "PX-266",
        "PX-267", "PX-268", "PX-269", "PX-270", "PX-271", "PX-272", "PX-273", "PX-274", "PX-275", "PX-276", "PX-277",
        "PX-278", "PX-279", "PX-280", "PX-281", "PX-282", "PX-283", "PX-284", "PX-285", "PX-286", "PX-287", "PX-288",
        "PX-289", "PX-290", "PX-291", "PX-292", "PX-293", "PX-294"
    })
    void values_of_node_come_back_from_us_as_they_were() throws Exception {
        WebServer server = new WebServer(
                net.loop(),
                visitor -> Promise.of(new GoldenApi(net.loop()).main().cap()));
        HttpServer http = net.loop()
                .fetch(() -> HttpServer.listen(
                        net.loop(), net.network(), new Address.Tcp("127.0.0.1", 0), server.routes("/"), Http.DEFAULT))
                .await();
        int port = ((Address.Tcp) Objects.requireNonNull(http.address())).port();
        assertEquals(
                "[\"same\"," + VALUES + "]\n[\"tables\",{\"imports\":1,\"exports\":1}]",
                NodePeer.said("values.mjs", port, SEED % 1_000_000, VALUES));
        onLoop(() -> {
            http.close();
            return true;
        });
    }
}
