package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.net.Limits.WebTransport;
import dev.capstan.testkit.LongRun;
import java.util.ArrayList;
import java.util.List;

/** The capability contract over WebTransport, Java client to Java server, through UDP on loopback. */
@LongRun
final class WebTransportContractTest extends WebContract {
    private final List<Cap> mains = new ArrayList<>(1);
    private final OverWebTransport scene = new OverWebTransport(
            visitor -> Promise.of(mains.removeFirst()),
            Options.DEFAULT.withMessagesShown(),
            Access.SAME_HOST,
            WebTransport.DEFAULT);

    @Override
    protected Loop loop() {
        return scene.loop();
    }

    @Override
    <T> T await(Promise<T> promise) {
        return scene.loop().await(promise);
    }

    @Override
    WebPeer connect(String server, String client, Cap main) {
        mains.add(main);
        WebPeer peer = scene.client(Options.DEFAULT.withMessagesShown()).connect(scene.url("/rpc"));
        scene.until(() -> scene.server.tables().size() == 1);
        return peer;
    }

    @Override
    protected List<String> leftovers() {
        List<String> left = new ArrayList<>(super.leftovers());
        for (WebPeer.Tables tables : scene.server.tables()) {
            if (tables.calls() > 0 || tables.imports() > 1 || tables.exports() > 1) {
                left.add("server: " + tables);
            }
        }
        return left;
    }

    @Override
    protected void turns() {
        scene.turns();
    }

    @Override
    protected int patience() {
        return 2_000;
    }

    @Override
    protected void close() {
        super.close();
        scene.close();
    }
}
