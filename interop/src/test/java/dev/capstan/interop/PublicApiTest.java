package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the API of {@code capnp} to the file that lists it, so that a change of it shows in a review. */
class PublicApiTest {
    private static final SourceTree TREE = SourceTree.here();
    private static final Path LIST = TREE.root().resolve("capnp/public-api.txt");

    @Test
    void the_public_api_of_capnp_is_the_one_in_its_file() throws IOException {
        String api = PublicApi.of(TREE.root().resolve("capnp/target/classes"));
        assertTrue(api.contains("capnp.MessageReader: final class"), api);
        if (Boolean.getBoolean("capstan.api.update")) {
            Files.writeString(LIST, api);
        }
        assertEquals("", difference(SourceTree.text(LIST), api));
    }

    /** Lines that are in one text alone; a member is told with its type, as its line does not name it. */
    private static String difference(String listed, String compiled) {
        List<String> before = withTypes(listed);
        List<String> now = withTypes(compiled);
        Set<String> known = new HashSet<>(before);
        Set<String> found = new HashSet<>(now);
        List<String> lines = Stream.concat(
                        before.stream().filter(line -> !found.contains(line)).map(line -> "gone: " + line),
                        now.stream().filter(line -> !known.contains(line)).map(line -> "new:  " + line))
                .toList();
        if (lines.isEmpty()) {
            return listed.equals(compiled) ? "" : LIST + " is not sorted as it should be; run ./verify --update-api";
        }
        return "The API of capnp is not the one in capnp/public-api.txt. If the change is meant, run ./verify --update-api and"
                + " commit the file with it:\n"
                + String.join("\n", lines);
    }

    private static List<String> withTypes(String text) {
        String[] type = {""};
        return text.lines()
                .map(line -> {
                    if (line.startsWith(" ")) {
                        return type[0] + line.strip();
                    }
                    type[0] = line.replaceFirst(":.*", "") + " has ";
                    return line;
                })
                .toList();
    }

    @Test
    void a_new_method_a_lost_one_and_another_type_are_told_with_the_way_to_update() {
        String told = difference(
                "a.A: class\n    int one()\n    int two()\nb.B: class\n",
                "a.A: final class\n    int one()\n    int three()\nb.B: class\n");
        assertEquals(
                List.of(
                        "gone: a.A: class",
                        "gone: a.A has int two()",
                        "new:  a.A: final class",
                        "new:  a.A has int three()"),
                told.lines().skip(1).toList());
        assertTrue(told.contains("./verify --update-api"), told);
        assertTrue(difference("a\nb\n", "b\na\n").contains("--update-api"));
        assertEquals("", difference("a\n", "a\n"));
    }

    @Test
    void what_users_can_reach_is_listed_and_nothing_else() {
        assertEquals(
                """
                interop.PublicApiSample<T extends Comparable<T>>: abstract class extends interop.PublicApiHidden<T> implements Cloneable
                    List<T> inherited()
                    final @Nullable Map.Entry<String, @Nullable T> settled()
                    protected T value
                    protected abstract void toBeWritten(int[])
                    protected new(T, String...)
                    protected void forChildren()
                    static List<? super A> make<A, B extends Exception>(Class<A>[], interop.PublicApiSample.Sealed) throws B, IOException
                    static final int LIMIT
                interop.PublicApiSample.Closed: final class extends interop.PublicApiHidden<String>
                    List<T> inherited()
                interop.PublicApiSample.ForChildren: protected final class
                interop.PublicApiSample.Point: record implements interop.PublicApiSample.Sealed
                    int x()
                    new(int)
                interop.PublicApiSample.Sealed: sealed interface
                    default void told()
                interop.PublicApiSample.Way: enum
                    constant DOWN
                    constant UP
                """,
                PublicApi.of(
                        PublicApiSample.Hidden.class,
                        PublicApiSample.ForChildren.class,
                        PublicApiSample.Closed.class,
                        PublicApiSample.Way.class,
                        PublicApiSample.Point.class,
                        PublicApiSample.Sealed.class,
                        PublicApiSample.class,
                        PublicApiHidden.class));
    }
}
