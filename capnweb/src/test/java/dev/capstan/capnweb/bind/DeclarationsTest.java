package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Declarations for TypeScript. */
class DeclarationsTest {
    private final Binder binder = Binder.of(MethodHandles.lookup());

    static String golden() throws IOException {
        try (InputStream in = DeclarationsTest.class.getResourceAsStream("/declarations/library.ts")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String refused(Class<?> type) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> binder.declarations(type))
                .getMessage());
    }

    @Test
    void the_library_is_declared_as_recorded() throws IOException {
        assertEquals(golden(), binder.declarations(Library.Api.class, Library.Admin.class));
    }

    @Test
    void what_is_used_from_several_places_is_declared_once() {
        String both = binder.declarations(Library.Counter.class, Library.Counter.class);
        assertEquals(both.indexOf("interface Counter"), both.lastIndexOf("interface Counter"));
    }

    @Remote
    interface Odd {
        void call(Date date);

        record Date(int day) {}
    }

    @Test
    void a_name_that_means_something_else_there_is_refused() {
        String refused = refused(Odd.class);
        assertTrue(refused.endsWith("cannot be called Date in TypeScript: give it another name with @Named"), refused);
    }

    @Remote
    interface Twice {
        void one(Consumer<First.Item> items);

        void two(Second.Item item);

        interface First {
            record Item(int a) {}
        }

        interface Second {
            record Item(int b) {}
        }
    }

    @Test
    void two_types_of_one_name_are_refused() {
        String refused = refused(Twice.class);
        assertTrue(refused.contains("are both called Item in TypeScript"), refused);
    }

    @Remote
    interface Reserved {
        void call(@Named("function") int arg);

        void odd(@Named("x") Quoted quoted);

        @Named("it's")
        void quote();

        record Quoted(
                @Named("content-type") String type,
                @Named("a\"b") int number) {}
    }

    @Test
    void names_are_quoted_where_they_have_to_be() {
        String text = binder.declarations(Reserved.class);
        assertTrue(text.contains("  call(function_: number): Awaitable<void>;\n"), text);
        assertTrue(text.contains("  odd(x: Quoted): Awaitable<void>;\n"), text);
        assertTrue(text.contains("  \"it's\"(): Awaitable<void>;\n"), text);
        assertTrue(text.contains("  \"content-type\": string;\n  \"a\\\"b\": number;\n"), text);
    }
}
