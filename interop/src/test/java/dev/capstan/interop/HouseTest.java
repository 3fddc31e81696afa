package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.module.ModuleDescriptor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The walls of the house (ARCHITECTURE.md), as tests over the compiled classes of every module in the root pom. The lists behind
 * them, exceptions included, are in {@link HouseRules}; {@link HouseOffendersTest} proves that each wall is noticed when it falls.
 */
class HouseTest {
    private static final SourceTree TREE = SourceTree.here();
    private static final House HOUSE = House.of(TREE);

    @Test
    void the_house_is_not_empty() {
        assertTrue(
                HOUSE.rooms().containsAll(Set.of("async", "cap", "testkit")),
                HOUSE.rooms().toString());
    }

    @Nested
    class Wall_1 {
        @Test
        void each_module_uses_only_what_the_plan_gives_it_and_async_and_cap_java_base_alone() {
            assertStands(UsageWalls.rooms(HOUSE));
        }

        @Test
        void each_class_lives_below_the_home_package_of_its_module() {
            assertStands(UsageWalls.homes(TREE, HOUSE));
        }

        @Test
        void no_type_of_netty_appears_in_an_exported_signature() {
            List<ModuleDescriptor> descriptors = TREE.modules().stream()
                    .map(SourceTree.Module::classes)
                    .filter(classes -> Files.exists(classes.resolve("module-info.class")))
                    .map(classes -> ModuleDescriptor.read(
                            ByteBuffer.wrap(SourceTree.bytes(classes.resolve("module-info.class"))),
                            () -> packages(classes)))
                    .toList();
            assertStands(UsageWalls.nettyInSignatures(HOUSE, UsageWalls.exportedBy(descriptors)));
        }

        /** javac writes no list of packages into a descriptor; the folders are the list. */
        private static Set<String> packages(Path classes) {
            return SourceTree.filesEndingWith(classes, ".class").stream()
                    .map(file -> classes.relativize(file).toString())
                    .filter(file -> file.contains("/"))
                    .map(file -> file.substring(0, file.lastIndexOf('/')).replace('/', '.'))
                    .collect(Collectors.toSet());
        }
    }

    @Nested
    class Wall_2 {
        @Test
        void wires_never_import_wires_and_only_programs_see_more_than_one() {
            assertStands(UsageWalls.wires(HOUSE));
        }
    }

    @Nested
    class Wall_3 {
        @Test
        void session_and_vat_code_never_sees_a_socket() {
            assertStands(UsageWalls.sockets(HOUSE));
        }
    }

    @Nested
    class Wall_4 {
        @Test
        void there_is_no_mutable_static_state() {
            assertStands(StateWalls.mutableStatics(HOUSE));
        }

        @Test
        void there_are_no_global_registries() {
            assertStands(SourceWalls.registries(HOUSE));
        }
    }

    @Nested
    class Wall_5 {
        @Test
        void clock_sleep_threads_and_chance_are_reached_only_by_their_named_implementations() {
            assertStands(SourceWalls.timeAndChance(HOUSE));
        }
    }

    @Nested
    class Wall_6 {
        @Test
        void packages_have_no_cycles() {
            assertStands(SourceWalls.packageCycles(HOUSE));
        }

        @Test
        void at_most_a_third_of_the_types_of_a_module_are_public() {
            assertStands(PublicShare.byRoom(HOUSE));
        }

        @Test
        void the_share_of_public_types_of_the_house_does_not_grow() {
            assertStands(PublicShare.ofTheHouse(HOUSE, HouseRules.SHARE_OF_THE_HOUSE));
        }

        @Test
        void hidden_classes_that_nobody_extends_are_final() {
            assertStands(SourceWalls.openHiddenClasses(HOUSE));
        }
    }

    @Nested
    class Wall_7 {
        @Test
        void every_module_is_null_marked() {
            List<String> unmarked = new ArrayList<>();
            for (SourceTree.Module module : TREE.modules()) {
                Path descriptor = module.classes().resolve("module-info.class");
                if (Files.exists(descriptor)) {
                    if (!SourceWalls.isNullMarked(SourceTree.bytes(descriptor))) {
                        unmarked.add(module.name() + " has a module-info without @NullMarked");
                    }
                } else if (Files.exists(module.folder().resolve("src/main/java/module-info.java"))) {
                    unmarked.add(module.name() + " has a module-info that is not compiled");
                } else if (isLibrary(module)
                        && !SourceTree.filesEndingWith(module.folder().resolve("src/main/java"), ".java")
                                .isEmpty()) {
                    unmarked.add(module.name() + " is a library without a module-info");
                }
            }
            assertStands(unmarked);
        }

        /**
         * All but programs and tests, {@code cluster}, whose engine splits packages, and {@code grpc} and {@code gateway}, which run on the class path as grpc-java does and mark their packages, as the
         * plugin of protoc does.
         */
        private static boolean isLibrary(SourceTree.Module module) {
            return !module.name().contains("/")
                    && !Set.of(
                                    "interop",
                                    "fuzz",
                                    "bench",
                                    "testprotos",
                                    "cluster",
                                    "grpc",
                                    "gateway",
                                    "protoc-gen-capstan",
                                    "capnp-maven-plugin")
                            .contains(module.name());
        }

        @Test
        void nothing_builds_on_java_serialization() {
            assertStands(SourceWalls.serialization(HOUSE));
        }

        @Test
        void reflection_stays_in_its_named_packages() {
            assertStands(SourceWalls.reflection(HOUSE));
        }
    }

    private static void assertStands(List<String> broken) {
        assertEquals("", String.join("\n", broken));
    }
}
