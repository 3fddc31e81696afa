package dev.capstan.examples.files;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.StructList;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder in memory, which is forgotten with the process.
 *
 * <p>Used on the loop of whoever serves it. What strangers can make it keep is bounded: 1,000 files with names of 200 characters, and 256 MiB in all files and unfinished ones together.
 */
public final class FilesServer implements Files.Server {
    private static final int MOST_FILES = 1_000;
    private static final int LONGEST_NAME = 200;
    private static final long MOST_BYTES = 256L << 20;
    private static final int CHUNK_BYTES = 64 << 10;
    /** How far it goes between two words about it. */
    private static final int STEP_BYTES = 1 << 20;

    private final Map<String, byte[]> files = new TreeMap<>();
    private long bytes;

    /** A folder that holds {@code files}, by name, whose contents it may keep as they are. */
    public FilesServer(Map<String, byte[]> files) {
        files.forEach(this::put);
    }

    private void put(String name, byte[] content) {
        byte[] before = files.put(name, content);
        bytes += content.length - (before == null ? 0 : before.length);
    }

    private static String checked(String name) {
        if (name.isBlank() || name.length() > LONGEST_NAME || name.indexOf('/') >= 0) {
            throw Failure.failed("a name has 1 to " + LONGEST_NAME + " characters, and no slash");
        }
        return name;
    }

    private byte[] content(String name) {
        byte[] content = files.get(name);
        if (content == null) {
            throw Failure.failed("there is no file '" + name + "': list() tells which there are");
        }
        return content;
    }

    @Override
    public Promise<Void> list(CallContext<Files.ListParams.Reader, Files.ListResults.Builder> context) {
        StructList.Builder<Entry.Builder> entries = context.results().initEntries(files.size());
        List<String> names = List.copyOf(files.keySet());
        for (int i = 0; i < names.size(); i++) {
            Entry.Builder entry = entries.get(i);
            entry.setName(names.get(i));
            entry.setSize(content(names.get(i)).length);
        }
        return Promise.done();
    }

    @Override
    public Promise<Void> read(CallContext<Files.ReadParams.Reader, Files.ReadResults.Builder> context) {
        Files.ReadParams.Reader params = context.params();
        byte[] content = content(params.getName());
        long offset = params.getOffset();
        if (Long.compareUnsigned(offset, content.length) > 0) {
            throw Failure.failed("'" + params.getName() + "' has " + content.length + " bytes, and none at "
                    + Long.toUnsignedString(offset));
        }
        int from = (int) offset;
        long wanted = params.getLength();
        int length = Long.compareUnsigned(wanted, content.length - from) < 0 ? (int) wanted : content.length - from;
        context.results().setSize(content.length);
        context.results()
                .setContent(
                        new Content(content, from, from + length, params.hasProgress() ? params.getProgress() : null));
        return Promise.done();
    }

    @Override
    public Promise<Void> write(CallContext<Files.WriteParams.Reader, Files.WriteResults.Builder> context) {
        Files.WriteParams.Reader params = context.params();
        String name = checked(params.getName());
        context.results().setContent(new Incoming(name, params.hasProgress() ? params.getProgress() : null));
        return Promise.done();
    }

    @Override
    public Promise<Void> remove(CallContext<Files.RemoveParams.Reader, Files.RemoveResults.Builder> context) {
        String name = context.params().getName();
        bytes -= content(name).length;
        files.remove(name);
        return Promise.done();
    }

    /** Tells somebody how far it is, who may be nobody, until that fails. Owns the client. */
    private static final class Meter {
        private Progress.@Nullable Client told;
        private final long total;
        private long last;

        Meter(Progress.@Nullable Client told, long total) {
            this.told = told;
            this.total = total;
        }

        /** Waits for the listener, so that it never has more than one word to hear. On a fiber. */
        void moved(long count, boolean over) {
            Progress.Client listener = told;
            if (listener == null || (!over && count - last < STEP_BYTES)) {
                return;
            }
            last = count;
            try (Progress.MovedResults.Answer answer = listener.moved(params -> {
                params.setBytes(count);
                params.setTotal(total);
            })) {
                answer.await();
            } catch (Failure e) {
                // The file matters more than who wanted to know: it is told nothing any more.
                close();
            }
        }

        void close() {
            Progress.Client listener = told;
            told = null;
            if (listener != null) {
                listener.close();
            }
        }
    }

    /** A part of a file, as it was when it was asked for. */
    private static final class Content implements Source.Server {
        private final byte[] content;
        private final int from;
        private final int end;
        private final Meter meter;

        Content(byte[] content, int from, int end, Progress.@Nullable Client progress) {
            this.content = content;
            this.from = from;
            this.end = end;
            this.meter = new Meter(progress, end - from);
        }

        @Override
        public Target.Style style() {
            return Target.Style.BLOCKING;
        }

        @Override
        public Promise<Void> pumpTo(CallContext<Source.PumpToParams.Reader, Source.PumpToResults.Builder> context) {
            context.allowCancellation();
            try (Sink.Client to = context.params().getTo()) {
                int at = from;
                while (at < end) {
                    int next = Math.min(at + CHUNK_BYTES, end);
                    byte[] chunk = Arrays.copyOfRange(content, at, next);
                    to.write(params -> params.setChunk(chunk)).await();
                    at = next;
                    meter.moved(at - from, at == end);
                }
                to.end().await();
            }
            return Promise.done();
        }

        @Override
        public void released() {
            meter.close();
        }
    }

    /** A file that is being written. */
    private final class Incoming implements Sink.Server {
        private final String name;
        private final Meter meter;
        private ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean ended;

        Incoming(String name, Progress.@Nullable Client progress) {
            this.name = name;
            this.meter = new Meter(progress, 0);
        }

        @Override
        public Target.Style style() {
            return Target.Style.BLOCKING;
        }

        @Override
        public Promise<Void> write(
                CallContext<Sink.WriteParams.Reader, dev.capstan.capnp.stream.StreamResult.Builder> context) {
            checkOpen();
            byte[] chunk = context.params().getChunk().toByteArray();
            if (bytes + chunk.length > MOST_BYTES) {
                throw Failure.overloaded("all files together have " + (MOST_BYTES >> 20) + " MiB, which is the limit");
            }
            bytes += chunk.length;
            content.writeBytes(chunk);
            meter.moved(content.size(), false);
            return Promise.done();
        }

        @Override
        public Promise<Void> end(CallContext<Sink.EndParams.Reader, Sink.EndResults.Builder> context) {
            checkOpen();
            if (files.size() >= MOST_FILES && !files.containsKey(name)) {
                throw Failure.overloaded("there are " + MOST_FILES + " files, which is the limit");
            }
            ended = true;
            byte[] whole = content.toByteArray();
            forget();
            put(name, whole);
            meter.moved(whole.length, true);
            return Promise.done();
        }

        private void checkOpen() {
            if (ended) {
                throw Failure.failed("this file has ended: write() begins another");
            }
        }

        private void forget() {
            bytes -= content.size();
            content = new ByteArrayOutputStream();
        }

        @Override
        public void released() {
            forget();
            meter.close();
        }
    }
}
