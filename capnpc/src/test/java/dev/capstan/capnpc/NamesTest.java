package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "foo, FOO", "fooBar, FOO_BAR", "doStreamI, DO_STREAM_I", "uint8, UINT8", "uInt8Field, U_INT8_FIELD",
        "getHTTPUrl, GET_HTTP_URL", "a, A", "aB, A_B", "x1y2, X1Y2", "foo2Bar, FOO2_BAR"
    })
    void constants_are_upper_case_with_underscores(String name, String constant) {
        assertEquals(constant, Names.constant(name));
    }

    @ParameterizedTest
    @CsvSource({"foo, foo", "class, class_", "default, default_", "true, true_", "_, __", "string, string"})
    void keywords_get_an_underscore(String name, String member) {
        assertEquals(member, Names.member(name));
    }

    @ParameterizedTest
    @CsvSource({"Foo, Foo", "Reader, Reader_", "Client, Client_", "Which, Which_", "Type, Type"})
    void types_named_like_generated_ones_get_an_underscore(String name, String type) {
        assertEquals(type, Names.type(name));
    }

    @ParameterizedTest
    @CsvSource({
        "foo.capnp, foo", "a/b/foo.capnp, foo", "my-schema.capnp, my_schema", "c++.capnp, c__", "2nd.capnp, _2nd",
        "int.capnp, int_", "java.capnp, java_", "Größe.capnp, gr__e", "noextension, noextension", ".capnp, _capnp"
    })
    void a_file_without_a_package_has_its_base_name(String file, String javaPackage) {
        assertEquals(javaPackage, Names.defaultPackage(file));
        assertTrue(Names.isPackage(javaPackage), javaPackage);
    }

    @ParameterizedTest
    @CsvSource({
        "foo.capnp, FooConstants",
        "my-file.capnp, MyFileConstants",
        "a/2.capnp, File2Constants",
        "++.capnp, FileConstants"
    })
    void constants_of_a_file_lie_in_a_class_named_after_it(String file, String name) {
        assertEquals(name, Names.constantsClass(file));
    }

    @Test
    void package_names_must_be_java_identifiers_between_dots() {
        for (String good : List.of("a", "a.b.c", "dev.capstan.x_1")) {
            assertTrue(Names.isPackage(good), good);
        }
        for (String bad : List.of("", ".", "a.", ".a", "a..b", "a-b", "a.int", "1a", "a/b", "../a", "a b")) {
            assertFalse(Names.isPackage(bad), bad);
        }
    }

    @Test
    void a_name_that_is_taken_gets_underscores_until_it_is_not() {
        Set<String> taken = new HashSet<>(Set.of("a", "a_"));
        assertEquals("a___", Names.unique("a", taken, Set.of("a__")));
        assertEquals("a____", Names.unique("a", taken, Set.of("a__")));
        assertEquals("b", Names.unique("b", taken));
    }
}
