package dev.capstan.net.port;

import dev.capstan.async.BytePipe;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.testkit.StreamContract;

/** A stream that somebody else has begun to read. */
class ReplayedContractTest extends StreamContract {
    private final Loop loop = new SimLoop().loop();

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected Pair connect() {
        BytePipe pipe = new BytePipe(loop);
        return new Pair(replayed(pipe.left()), replayed(pipe.right()));
    }

    private ByteStream replayed(ByteStream stream) {
        Replayed made = Replayed.of(loop, stream, new byte[0]);
        stream.start(made);
        return made;
    }
}
