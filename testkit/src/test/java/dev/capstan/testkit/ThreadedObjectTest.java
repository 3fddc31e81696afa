package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.ParkPort;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An object and a fiber of one vat, while both are busy. */
final class ThreadedObjectTest {
    @Test
    void an_object_hears_of_its_release_only_when_no_fiber_of_the_vat_runs() throws InterruptedException {
        Loop loop = new Loop(new ParkPort());
        Thread thread = Thread.ofPlatform().name("vat").start(loop::run);
        AtomicInteger released = new AtomicInteger();
        Completer<Void> told = new Completer<>(loop);
        Cap cap = new LocalCap(loop, new Target() {
            @Override
            public Promise<Void> handle(Context context) {
                return Promise.done();
            }

            @Override
            public void released() {
                released.incrementAndGet();
                told.complete(Promise.nothing());
            }
        });
        CountDownLatch closed = new CountDownLatch(1);
        int seen = loop.fiber(() -> {
                    loop.post(() -> {
                        cap.close();
                        closed.countDown();
                    });
                    if (!closed.await(30, TimeUnit.SECONDS)) {
                        throw new AssertionError("the loop stands still");
                    }
                    return released.get();
                })
                .await();
        assertEquals(0, seen);
        told.promise().await();
        assertEquals(1, released.get());
        loop.stop();
        thread.join();
    }
}
