package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Recorder;
import org.junit.jupiter.api.Test;

/** A C++ program does not see the text that travels with our calls. */
@ForeignPeer
class TraceToCppTest {
    @Test
    void a_text_that_travels_with_a_call_harms_no_cpp_server() {
        Recorder recorder = new Recorder("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        try (Program server = ForeignPrograms.cppServer("--stdin", "--port", "0");
                NetLoop net = NetLoop.open("traced", Transport.AUTO);
                Vat vat = Vat.on(net.loop()).observer(recorder).build();
                var peer = vat.connect(net.network(), Address.parse(server.address()))
                        .await();
                var probe = peer.bootstrap(dev.capstan.interop.schema.Peer.TYPE).asProbe()) {
            assertEquals(0L, probe.holdCounts().await().getPending());
        }
        assertTrue(
                recorder.lines().stream().anyMatch(line -> line.matches("outgoing \\d+ ok")),
                () -> "" + recorder.lines());
    }
}
