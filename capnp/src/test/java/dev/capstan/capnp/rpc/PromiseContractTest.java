package dev.capstan.capnp.rpc;

import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Target;

/** References that the peer exports as promises and resolves two turns later. */
class PromiseContractTest extends PipeContractTest {
    @Override
    Cap serve(Target target) {
        return QueuedCap.of(far(), far().pause().then(x -> far().pause()).map(x -> new LocalCap(far(), target)));
    }
}
