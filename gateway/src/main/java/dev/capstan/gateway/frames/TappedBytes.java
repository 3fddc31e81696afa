package dev.capstan.gateway.frames;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Promise;
import dev.capstan.net.tls.TlsSession;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A stream of bytes that is looked at. */
class TappedBytes implements ByteStream {
    private final ByteStream under;
    private final Watch watch;

    private TappedBytes(ByteStream under, Watch watch) {
        this.under = under;
        this.watch = watch;
    }

    /** One over TLS is asked by servers what was agreed on. */
    static ByteStream over(ByteStream under, Watch watch) {
        return under instanceof TlsSession session ? new Secure(session, watch) : new TappedBytes(under, watch);
    }

    private static final class Secure extends TappedBytes implements TlsSession {
        private final TlsSession session;

        Secure(TlsSession session, Watch watch) {
            super(session, watch);
            this.session = session;
        }

        @Override
        public SSLSession session() {
            return session.session();
        }

        @Override
        public String protocol() {
            return session.protocol();
        }
    }

    @Override
    public void start(Receiver receiver) {
        under.start(new Receiver() {
            @Override
            public void received(byte[] array, int offset, int length) {
                watch.received(array, offset, length);
                receiver.received(array, offset, length);
            }

            @Override
            public void ended() {
                watch.inputOver("");
                receiver.ended();
            }

            @Override
            public void failed(Throwable cause) {
                watch.broke(Watch.reason(cause));
                receiver.failed(cause);
            }
        });
    }

    @Override
    public void write(byte[] array, int offset, int length) {
        watch.sent(array, offset, length);
        under.write(array, offset, length);
    }

    @Override
    public void end() {
        watch.outputOver("");
        under.end();
    }

    @Override
    public void abort(Throwable cause) {
        watch.outputOver(Watch.reason(cause));
        under.abort(cause);
    }

    @Override
    public void pause() {
        under.pause();
    }

    @Override
    public void resume() {
        under.resume();
    }

    @Override
    public long queuedBytes() {
        return under.queuedBytes();
    }

    @Override
    public Promise<Void> drained() {
        return under.drained();
    }

    @Override
    public @Nullable Address remote() {
        return under.remote();
    }
}
