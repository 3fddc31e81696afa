package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.interop.HouseRules.Ceiling;
import dev.capstan.interop.HouseRules.Exceptions;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Each wall of {@link HouseTest} on a small house that breaks it: the offenders are named and their innocent neighbours are not.
 */
class HouseOffendersTest {
    private static final String PREFIX = "dev.capstan.interop.offenders";
    private static final SourceTree TREE = SourceTree.here();
    private static final Path OFFENDERS =
            TREE.root().resolve("interop/target/test-classes/dev/capstan/interop/offenders");
    private static final House HOUSE = House.at(PREFIX, OFFENDERS, Exceptions.NONE);

    @Test
    void a_module_that_uses_what_the_plan_does_not_give_it_is_named() {
        List<String> broken = UsageWalls.rooms(HOUSE);
        assertNamed(broken, "async may not use java.util.logging", "async may not use " + PREFIX + ".cap");
        assertNamed(broken, "capnp may not use " + PREFIX + ".capnweb", "capnp may not use " + PREFIX + ".net");
        assertNamed(broken, PREFIX + ".strange belongs to no module of HouseRules.ROOMS");
        assertNotNamed(broken, "cap may not use " + PREFIX + ".async", "Addresses", "net may not use", "Constants");
    }

    @Test
    void a_class_outside_the_home_package_of_its_module_is_named() {
        House strayed = House.at("dev.capstan", TREE.root().resolve("testkit/target/classes"), Exceptions.NONE);
        assertEquals(List.of(), UsageWalls.homes(TREE, strayed));
        House elsewhere =
                House.at("dev.somewhere.else", TREE.root().resolve("testkit/target/classes"), Exceptions.NONE);
        assertNamed(UsageWalls.homes(TREE, elsewhere), "testkit holds dev.capstan.testkit.Parity, which belongs below");
    }

    @Test
    void a_type_of_netty_in_an_exported_signature_is_named() {
        assertEquals(
                List.of("net.ShowsNetty shows io.netty.channel.Channel"),
                UsageWalls.nettyInSignatures(HOUSE, type -> true));
    }

    @Test
    void a_package_that_is_not_exported_may_show_what_it_likes() {
        ModuleDescriptor hidden = ModuleDescriptor.newModule("net")
                .packages(Set.of(PREFIX + ".net"))
                .build();
        assertEquals(List.of(), UsageWalls.nettyInSignatures(HOUSE, UsageWalls.exportedBy(List.of(hidden))));
        ModuleDescriptor open =
                ModuleDescriptor.newModule("net").exports(PREFIX + ".net").build();
        assertEquals(
                1,
                UsageWalls.nettyInSignatures(HOUSE, UsageWalls.exportedBy(List.of(open)))
                        .size());
    }

    @Test
    void a_wire_that_imports_a_wire_is_named() {
        List<String> broken = UsageWalls.wires(HOUSE);
        assertEquals(1, broken.size(), broken.toString());
        assertNamed(broken, "capnp sees [capnp, capnweb]", "SeesTheOtherWire");
    }

    @Test
    void session_code_that_sees_a_socket_is_named() {
        List<String> broken = UsageWalls.sockets(HOUSE);
        assertNamed(broken, "java.net.Socket", "java.nio.channels.SocketChannel", "HidesNetty");
        assertNotNamed(broken, "MapsFiles", "Addresses");
    }

    @Test
    void mutable_static_state_is_named() {
        List<String> broken = StateWalls.mutableStatics(HOUSE);
        assertNamed(
                broken,
                "cap.Statics.counter is static and not final",
                "cap.Statics.SEQUENCE is static and may change inside",
                "cap.Statics.REGISTRY",
                "cap.Statics.OPEN_LIST",
                "cap.Statics.DISGUISED",
                "cap.Statics.TABLE",
                "cap.Statics.CURRENT",
                "cap.Statics.CHANGING",
                "cap.Statics.HOLDER",
                "cap.Statics.SHAPE");
        assertEquals(10, broken.size(), String.join("\n", broken));
    }

    @Test
    void a_global_registry_is_named() {
        List<String> broken = SourceWalls.registries(HOUSE);
        assertNamed(broken, "java.util.ServiceLoader.load", "java.lang.System.setProperty");
        assertEquals(2, broken.size(), String.join("\n", broken));
    }

    @Test
    void a_clock_a_thread_and_chance_out_of_place_are_named() {
        List<String> broken = SourceWalls.timeAndChance(HOUSE);
        assertNamed(
                broken,
                "java.lang.System.nanoTime",
                "java.lang.System.currentTimeMillis",
                "java.time.Instant.now",
                "java.lang.Thread.sleep",
                "java.lang.Thread.ofVirtual",
                "java.util.Random.<init>",
                "java.security.SecureRandom.<init>",
                "java.util.concurrent.Executors.newCachedThreadPool",
                "java.util.UUID.randomUUID",
                "Clocks.thread()",
                "Clocks$Worker.<init>");
        assertNotNamed(broken, "TakesTheClock");
    }

    @Test
    void a_ring_of_packages_is_named() {
        List<String> broken = SourceWalls.packageCycles(HOUSE);
        assertEquals(1, broken.size(), String.join("\n", broken));
        assertNamed(broken, "Slice async", "Slice cap");
    }

    @Test
    void a_module_with_too_many_public_types_is_named_with_its_count() {
        List<String> broken = PublicShare.byRoom(HOUSE);
        assertEquals(1, broken.size(), String.join("\n", broken));
        assertNamed(broken, "grpc has 5 public types of 12, more than a third");
    }

    @Test
    void a_module_with_a_ceiling_of_its_own_is_held_to_it() {
        assertEquals(List.of(), PublicShare.byRoom(withCeilings(Map.of("grpc", new Ceiling(0.42, "five of twelve")))));
        assertNamed(
                PublicShare.byRoom(withCeilings(Map.of("grpc", new Ceiling(0.4, "too low")))),
                "grpc has 5 public types of 12");
        assertNamed(
                PublicShare.byRoom(withCeilings(
                        Map.of("cluster", new Ceiling(0.5, "not needed"), "grpc", new Ceiling(0.5, "needed")))),
                "HouseRules.PUBLIC_SHARES lists cluster, which needs no exception");
    }

    private static House withCeilings(Map<String, Ceiling> ceilings) {
        return House.at(PREFIX, OFFENDERS, new Exceptions(ceilings, Map.of(), Map.of(), Map.of(), Map.of(), Map.of()));
    }

    @Test
    void a_house_with_too_many_public_types_is_named_with_its_count() {
        assertEquals(List.of(), PublicShare.ofTheHouse(HOUSE, 0.5));
        assertNamed(PublicShare.ofTheHouse(HOUSE, 0.1), "the house has ", "grpc 5 of 12", "cluster 4 of 12");
    }

    @Test
    void a_hidden_class_that_could_be_final_is_named() {
        assertEquals(
                List.of("cap.Hidden is neither public nor extended, so it is final"),
                SourceWalls.openHiddenClasses(HOUSE));
    }

    @Test
    void a_descriptor_without_null_marks_is_seen() {
        var classes = TREE.root().resolve("interop/target/test-classes/dev/capstan/interop");
        assertTrue(SourceWalls.isNullMarked(SourceTree.bytes(classes.resolve("package-info.class"))));
        assertFalse(SourceWalls.isNullMarked(SourceTree.bytes(classes.resolve("HouseTest.class"))));
    }

    @Test
    void java_serialization_is_named_in_each_of_its_forms() {
        List<String> broken = SourceWalls.serialization(HOUSE);
        assertNamed(
                broken,
                "java.io.ObjectOutputStream.<init>",
                "cap.Serial declares itself serializable",
                "cap.Serial.writeObject is a hook");
        assertNotNamed(broken, "Broken");
    }

    @Test
    void reflection_out_of_place_is_named() {
        List<String> broken = SourceWalls.reflection(HOUSE);
        assertNamed(broken, "java.lang.Class.getMethod", "java.lang.reflect.Method.invoke", "java.lang.Class.forName");
        assertNotNamed(broken, "Reflects.name");
    }

    @Test
    void what_is_excepted_is_let_through_and_an_exception_that_nobody_needs_is_named() {
        Map<String, String> clocks = Map.of("cap.Clocks", "the one that may", "cap.Constants", "needs none");
        Map<String, String> statics = Map.of("cap.Statics.TABLE", "never written", "cap.Constants.LIMIT", "needs none");
        Map<String, String> types = Map.of("cap.Statics", "says so");
        Map<String, String> reflecting = Map.of("cap", "binds by name");
        House house =
                House.at(PREFIX, OFFENDERS, new Exceptions(Map.of(), Map.of(), statics, types, clocks, reflecting));
        assertEquals(
                List.of("HouseRules.TIME_AND_CHANCE lists cap.Constants, which needs no exception"),
                SourceWalls.timeAndChance(house));
        assertEquals(List.of(), SourceWalls.reflection(house));
        List<String> state = StateWalls.mutableStatics(house);
        assertNamed(
                state,
                "HouseRules.STATICS lists cap.Constants.LIMIT, which needs no exception",
                "cap.Statics.SEQUENCE");
        assertNotNamed(state, "cap.Statics.TABLE", "cap.Statics.CHANGING", "cap.Statics.HOLDER", "cap.Statics.SHAPE");
    }

    private static void assertNamed(List<String> broken, String... expected) {
        String all = String.join("\n", broken);
        for (String part : expected) {
            assertTrue(all.contains(part), () -> "no offence '" + part + "' in\n" + all);
        }
    }

    private static void assertNotNamed(List<String> broken, String... innocent) {
        String all = String.join("\n", broken);
        for (String part : innocent) {
            assertFalse(all.contains(part), () -> "the innocent '" + part + "' in\n" + all);
        }
    }
}
