package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Method;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.stream.StreamResult;
import dev.capstan.capnpc.golden.services.Archive;
import dev.capstan.capnpc.golden.services.Book;
import dev.capstan.capnpc.golden.services.Closeable;
import dev.capstan.capnpc.golden.services.File;
import dev.capstan.capnpc.golden.services.Folder;
import dev.capstan.capnpc.golden.services.Handle;
import dev.capstan.capnpc.golden.services.Node;
import dev.capstan.capnpc.golden.services.Titled;
import dev.capstan.capnpc.golden.services.Watcher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Generated clients and servers at run time, in one process. */
class GeneratedServicesTest {
    private final SimLoop sim = new SimLoop();
    private final List<String> log = new ArrayList<>();

    /** A node with everything that it can be. */
    private final class Tree implements Folder.Server {
        private final String name;

        Tree(String name) {
            this.name = name;
        }

        @Override
        public Promise<Void> name(CallContext<Node.NameParams.Reader, Node.NameResults.Builder> context) {
            log.add("name of " + name);
            context.results().setName(name);
            return Promise.done();
        }

        @Override
        public Promise<Void> open(CallContext<Folder.OpenParams.Reader, Folder.Place.Builder> context) {
            String path = context.params().getPath();
            Folder.Place.Builder place = context.results();
            place.setText(path);
            try (Folder.Client child = Folder.TYPE.serve(context.loop(), new Tree(path))) {
                place.setNode(child);
                place.initEntry().setNode(child);
                place.getExtra().setCap(child.cap());
                place.getExtra().initAny().setAs(Folder.TYPE, child);
                place.setFolder(child);
            }
            return Promise.done();
        }
    }

    @Test
    void methods_of_parents_are_called_through_the_child() {
        try (Folder.Client folder = Folder.TYPE.serve(sim.loop(), new Tree("root"))) {
            assertEquals("root", sim.await(folder.name().map(r -> r.getName())));
        }
    }

    @Test
    void a_child_is_passed_where_its_parent_is_wanted() {
        try (Node.Client node = Folder.TYPE.serve(sim.loop(), new Tree("root"));
                Node.Client shared = node.share()) {
            assertEquals("root", sim.await(shared.name().map(r -> r.getName())));
        }
    }

    @Test
    void pipelined_calls_go_to_every_place_of_a_result() {
        try (Folder.Client folder = Folder.TYPE.serve(sim.loop(), new Tree("root"));
                Folder.Place.Answer place = folder.open(p -> p.setPath("a"));
                Node.Client node = place.getNode();
                Node.Client inEntry = place.getEntry().getNode();
                Client any = Node.TYPE.client(place.getExtra().getAny().cap());
                Node.Client cap = Node.TYPE.client(place.getExtra().getCap())) {
            assertEquals("a", sim.await(node.name().map(r -> r.getName())));
            assertEquals("a", sim.await(inEntry.name().map(r -> r.getName())));
            assertEquals("a", sim.await(((Node.Client) any).name().map(r -> r.getName())));
            assertEquals("a", sim.await(cap.name().map(r -> r.getName())));
            assertEquals("a", sim.await(place.map(r -> r.getText())));
        }
    }

    @Test
    void capabilities_in_results_are_read_as_clients() {
        try (Folder.Client folder = Folder.TYPE.serve(sim.loop(), new Tree("root"))) {
            Folder.Client child = sim.await(folder.open(p -> p.setPath("b")).map(r -> {
                assertTrue(r.isFolder());
                assertEquals(AnyPointer.Kind.CAPABILITY, r.getExtra().getAny().kind());
                return r.getFolder();
            }));
            assertEquals("b", sim.await(child.name().map(r -> r.getName())));
            child.close();
        }
    }

    @Test
    void requests_are_filled_in_steps() {
        try (Folder.Client folder = Folder.TYPE.serve(sim.loop(), new Tree("root"))) {
            var request = folder.openRequest();
            request.params().setPath("c");
            assertEquals("c", sim.await(request.send().map(r -> r.getText())));
        }
    }

    private static String textOf(Failure failure) {
        return String.valueOf(failure.getMessage());
    }

    @Test
    void what_is_not_overridden_is_unimplemented() {
        try (Folder.Client folder = Folder.TYPE.serve(sim.loop(), new Tree("root"))) {
            Failure failure = assertThrows(
                    Failure.class,
                    () -> sim.await(folder.list().map(r -> r.getEntries().size())));
            assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
            assertTrue(textOf(failure).contains("services.capnp:Folder"), textOf(failure));
            assertTrue(textOf(failure).contains("list"), textOf(failure));
        }
    }

    @Test
    void an_interface_that_the_object_does_not_have_is_unimplemented() {
        try (Folder.Client folder = Folder.TYPE.serve(sim.loop(), new Tree("root"));
                Closeable.Client closeable = Closeable.TYPE.client(folder.cap().share())) {
            Failure failure =
                    assertThrows(Failure.class, () -> sim.await(closeable.shut().map(r -> r)));
            assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind());
            assertTrue(textOf(failure).contains("services.capnp:Folder"), textOf(failure));
            assertTrue(textOf(failure).contains(Long.toUnsignedString(Closeable.INTERFACE_ID)), textOf(failure));
        }
    }

    /** Takes streamed bytes slowly. */
    private final class Bytes implements File.Server {
        private long size;

        @Override
        public Promise<Void> write(CallContext<File.WriteParams.Reader, StreamResult.Builder> context) {
            int more = context.params().getBytes().size();
            return context.loop().pause().then(paused -> {
                size += more;
                return Promise.done();
            });
        }

        @Override
        public Promise<Void> done(CallContext<File.DoneParams.Reader, File.DoneResults.Builder> context) {
            context.results().setSize(size);
            return Promise.done();
        }

        @Override
        public Promise<Void> shut(CallContext<Closeable.ShutParams.Reader, Closeable.ShutResults.Builder> context) {
            log.add("shut");
            return Promise.done();
        }
    }

    @Test
    void streamed_calls_run_one_after_another_and_before_the_call_behind_them() {
        try (File.Client file = File.TYPE.serve(sim.loop(), new Bytes())) {
            Promise<Void> first = file.write(p -> p.setBytes(new byte[3]));
            Promise<Void> second = file.write(p -> p.setBytes(new byte[4]));
            long size = sim.await(file.done().map(r -> r.getSize()));
            assertEquals(7, size);
            sim.await(first);
            sim.await(second);
        }
    }

    @Test
    void a_second_parent_is_reached_by_a_client_of_its_own() {
        try (File.Client file = File.TYPE.serve(sim.loop(), new Bytes());
                Closeable.Client closeable = file.asCloseable()) {
            sim.await(closeable.shut().map(r -> r));
            assertEquals(List.of("shut"), log);
        }
    }

    @Test
    void streaming_is_told_for_streaming_methods_alone() {
        Bytes bytes = new Bytes();
        assertTrue(bytes.isStreaming(new Method.Ordinal(File.INTERFACE_ID, 0)));
        assertTrue(bytes.isStreaming(new Method.Ordinal(File.INTERFACE_ID, 1)));
        assertFalse(bytes.isStreaming(new Method.Ordinal(File.INTERFACE_ID, 2)));
        assertFalse(bytes.isStreaming(new Method.Ordinal(Node.INTERFACE_ID, 0)));
    }

    /** Never answers; says when it is stopped. */
    private final class Endless implements Folder.Server {
        private Promise<Void> endless(String what) {
            return new Completer<Void>(sim.loop()).promise().attach(() -> log.add(what + " stopped"));
        }

        @Override
        public Promise<Void> watch(CallContext<Node.WatchParams.Reader, Node.WatchResults.Builder> context) {
            return endless("watch");
        }

        @Override
        public Promise<Void> name(CallContext<Node.NameParams.Reader, Node.NameResults.Builder> context) {
            return endless("name");
        }
    }

    @Test
    void only_methods_that_allow_it_are_cancelled() {
        try (Folder.Client folder = Folder.TYPE.serve(sim.loop(), new Endless());
                Watcher.Client watcher = Watcher.TYPE.serve(sim.loop(), new Watcher.Server() {})) {
            Node.NameResults.Answer name = folder.name();
            Node.WatchResults.Answer watch = folder.watch(p -> p.setWatcher(watcher));
            sim.poll();
            name.cancel();
            watch.cancel();
            sim.poll();
            assertEquals(List.of("watch stopped"), log);
        }
    }

    /** Both kinds of node at once. */
    private static final class Archives implements Archive.Server {
        @Override
        public Promise<Void> name(CallContext<Node.NameParams.Reader, Node.NameResults.Builder> context) {
            context.results().setName("archive");
            return Promise.done();
        }

        @Override
        public Promise<Void> done(CallContext<File.DoneParams.Reader, File.DoneResults.Builder> context) {
            context.results().setSize(5);
            return Promise.done();
        }

        @Override
        public Promise<Void> open(CallContext<Folder.OpenParams.Reader, Folder.Place.Builder> context) {
            context.results().setText("opened");
            return Promise.done();
        }
    }

    @Test
    void an_interface_with_a_common_ancestor_on_two_sides_is_one_object() {
        Archives archives = new Archives();
        try (Archive.Client archive = Archive.TYPE.serve(sim.loop(), archives);
                File.Client file = archive.asFile()) {
            assertEquals("archive", sim.await(archive.name().map(r -> r.getName())));
            assertEquals("archive", sim.await(file.name().map(r -> r.getName())));
            assertEquals("opened", sim.await(archive.open(p -> {}).map(r -> r.getText())));
            long size = sim.await(file.done().map(r -> r.getSize()));
            assertEquals(5, size);
        }
        assertTrue(archives.isStreaming(new Method.Ordinal(File.INTERFACE_ID, 0)));
        assertFalse(archives.isStreaming(new Method.Ordinal(Folder.INTERFACE_ID, 0)));
    }

    /** A node whose other parent is answered for by another object. */
    private static final class Books implements Book.Server {
        @Override
        public Promise<Void> name(CallContext<Node.NameParams.Reader, Node.NameResults.Builder> context) {
            context.results().setName("book");
            return Promise.done();
        }

        @Override
        public Titled.Server asTitled() {
            return new Titled.Server() {
                @Override
                public Promise<Void> name(CallContext<Titled.NameParams.Reader, Titled.NameResults.Builder> context) {
                    context.results().setTitle("title");
                    return Promise.done();
                }
            };
        }
    }

    @Test
    void parents_with_methods_of_one_name_are_both_reached() {
        try (Book.Client book = Book.TYPE.serve(sim.loop(), new Books());
                Titled.Client titled = book.asTitled()) {
            assertEquals("book", sim.await(book.name().map(r -> r.getName())));
            assertEquals("title", sim.await(titled.name().map(r -> r.getTitle())));
        }
    }

    /** Hands out objects of its own. */
    private final class Handing implements Node.Server {
        @Override
        public Promise<Void> watch(CallContext<Node.WatchParams.Reader, Node.WatchResults.Builder> context) {
            context.results().setHandle(new Handle.Server() {
                @Override
                public void released() {
                    log.add("released");
                }
            });
            return Promise.done();
        }
    }

    @Test
    void a_setter_takes_a_server_object_that_lives_as_long_as_somebody_holds_it() {
        try (Node.Client node = Node.TYPE.serve(sim.loop(), new Handing())) {
            Node.WatchResults.Answer answer = node.watchRequest().send();
            Handle.Client handle = sim.await(answer.map(r -> r.getHandle()));
            sim.poll();
            assertEquals(List.of(), log);
            handle.close();
            sim.poll();
            assertEquals(List.of("released"), log);
        }
    }

    @Test
    void an_interface_without_methods_has_clients_too() {
        try (Handle.Client handle = Handle.TYPE.serve(sim.loop(), new Handle.Server() {})) {
            assertEquals(Handle.INTERFACE_ID, Handle.TYPE.interfaceId());
            try (Handle.Client other = handle.share()) {
                assertEquals(handle.cap().innermost(), other.cap().innermost());
            }
        }
    }
}
