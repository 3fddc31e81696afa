package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.ParkPort;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import java.time.Duration;

/** Objects of a loop that another thread drives; every step of the caller is posted. */
class ThreadedContractTest extends CapContract {
    private final Loop loop = new Loop(new ParkPort());
    private final Thread thread = Thread.ofPlatform().name("vat").start(loop::run);

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected Cap reach(Target target) {
        return new LocalCap(loop, target);
    }

    @Override
    protected void turns() {
        loop.fetch(() -> loop.timer().after(Duration.ofMillis(1)).then(x -> loop.whenIdle()))
                .await();
    }

    @Override
    protected int patience() {
        return 20_000;
    }

    @Override
    protected void close() {
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
