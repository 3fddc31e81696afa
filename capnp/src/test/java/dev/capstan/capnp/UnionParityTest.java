package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.encoding.fixture.TestGroups;
import dev.capstan.capnp.encoding.fixture.TestInterleavedGroups;
import dev.capstan.capnp.encoding.fixture.TestNewUnionVersion;
import dev.capstan.capnp.encoding.fixture.TestOldUnionVersion;
import dev.capstan.capnp.encoding.fixture.TestUnion;
import dev.capstan.capnp.encoding.fixture.TestUnionDefaults;
import dev.capstan.capnp.encoding.fixture.TestUnnamedUnion;
import dev.capstan.testkit.Parity;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Unions and groups as the C++ implementation's tests of generated code have them. A getter of a member that is not set is a failed assertion. */
class UnionParityTest {
    private final MessageBuilder message = new MessageBuilder();

    @Test
    @Parity("encoding: Unions")
    @DisplayName("Unions")
    void only_the_member_that_is_set_can_be_read() {
        TestUnion.Builder root = message.initRoot(TestUnion.TYPE);
        assertEquals(TestUnion.Union0.Which.U0F0S0, root.getUnion0().which());
        assertTrue(root.getUnion0().isU0f0s0());
        assertThrows(AssertionError.class, () -> root.getUnion0().getU0f0s1());
        root.getUnion0().setU0f0s1(true);
        assertEquals(TestUnion.Union0.Which.U0F0S1, root.getUnion0().which());
        assertTrue(root.getUnion0().getU0f0s1());
        assertFalse(root.getUnion0().isU0f0s0());
        assertThrows(AssertionError.class, () -> root.getUnion0().getU0f0s8());
        root.getUnion0().setU0f0s8((byte) 123);
        assertEquals(TestUnion.Union0.Which.U0F0S8, root.asReader().getUnion0().which());
        assertEquals(123, root.asReader().getUnion0().getU0f0s8());
        assertThrows(AssertionError.class, () -> root.asReader().getUnion0().getU0f0s1());
    }

    /** Where the data that {@code set} writes begins, in bits behind the four discriminants; -1 if it writes none. */
    private static int offsetOf(List<Integer> discriminants, Consumer<TestUnion.Builder> set) {
        MessageBuilder message = new MessageBuilder();
        set.accept(message.initRoot(TestUnion.TYPE));
        long[] words = Words.of(message, 0);
        assertEquals(
                discriminants,
                List.of(
                        (int) words[1] & 0xffff,
                        (int) (words[1] >>> 16) & 0xffff,
                        (int) (words[1] >>> 32) & 0xffff,
                        (int) (words[1] >>> 48)));
        for (int i = 2; i < words.length; i++) {
            if (words[i] != 0) {
                return 64 * (i - 2) + Long.numberOfTrailingZeros(words[i]);
            }
        }
        return -1;
    }

    private static void assertUnion0(int discriminant, int offset, Consumer<TestUnion.Union0.Builder> set) {
        assertEquals(offset, offsetOf(List.of(discriminant, 0, 0, 0), b -> set.accept(b.getUnion0())));
    }

    private static void assertUnion1(int discriminant, int offset, Consumer<TestUnion.Union1.Builder> set) {
        assertEquals(offset, offsetOf(List.of(0, discriminant, 0, 0), b -> set.accept(b.getUnion1())));
    }

    private static void assertUnion2(int discriminant, int offset, Consumer<TestUnion.Union2.Builder> set) {
        assertEquals(offset, offsetOf(List.of(0, 0, discriminant, 0), b -> set.accept(b.getUnion2())));
    }

    private static void assertUnion3(int discriminant, int offset, Consumer<TestUnion.Union3.Builder> set) {
        assertEquals(offset, offsetOf(List.of(0, 0, 0, discriminant), b -> set.accept(b.getUnion3())));
    }

    @Test
    @Parity("encoding: UnionLayout")
    @DisplayName("UnionLayout")
    void members_share_memory_wherever_one_of_their_size_has_some() {
        assertUnion0(0, -1, u -> u.setU0f0s0());
        assertUnion0(1, 0, u -> u.setU0f0s1(true));
        assertUnion0(2, 0, u -> u.setU0f0s8((byte) 1));
        assertUnion0(3, 0, u -> u.setU0f0s16((short) 1));
        assertUnion0(4, 0, u -> u.setU0f0s32(1));
        assertUnion0(5, 0, u -> u.setU0f0s64(1));
        assertUnion0(6, 448, u -> u.setU0f0sp("1"));
        assertUnion0(7, -1, u -> u.setU0f1s0());
        assertUnion0(8, 0, u -> u.setU0f1s1(true));
        assertUnion0(9, 0, u -> u.setU0f1s8((byte) 1));
        assertUnion0(10, 0, u -> u.setU0f1s16((short) 1));
        assertUnion0(11, 0, u -> u.setU0f1s32(1));
        assertUnion0(12, 0, u -> u.setU0f1s64(1));
        assertUnion0(13, 448, u -> u.setU0f1sp("1"));

        assertUnion1(0, -1, u -> u.setU1f0s0());
        assertUnion1(1, 65, u -> u.setU1f0s1(true));
        assertUnion1(2, 65, u -> u.setU1f1s1(true));
        assertUnion1(3, 72, u -> u.setU1f0s8((byte) 1));
        assertUnion1(4, 72, u -> u.setU1f1s8((byte) 1));
        assertUnion1(5, 80, u -> u.setU1f0s16((short) 1));
        assertUnion1(6, 80, u -> u.setU1f1s16((short) 1));
        assertUnion1(7, 96, u -> u.setU1f0s32(1));
        assertUnion1(8, 96, u -> u.setU1f1s32(1));
        assertUnion1(9, 128, u -> u.setU1f0s64(1));
        assertUnion1(10, 128, u -> u.setU1f1s64(1));
        assertUnion1(11, 512, u -> u.setU1f0sp("1"));
        assertUnion1(12, 512, u -> u.setU1f1sp("1"));
        assertUnion1(13, -1, u -> u.setU1f2s0());
        assertUnion1(14, 65, u -> u.setU1f2s1(true));
        assertUnion1(15, 72, u -> u.setU1f2s8((byte) 1));
        assertUnion1(16, 80, u -> u.setU1f2s16((short) 1));
        assertUnion1(17, 96, u -> u.setU1f2s32(1));
        assertUnion1(18, 128, u -> u.setU1f2s64(1));
        assertUnion1(19, 512, u -> u.setU1f2sp("1"));

        assertUnion2(0, 192, u -> u.setU2f0s1(true));
        assertUnion3(0, 193, u -> u.setU3f0s1(true));
        assertUnion2(1, 200, u -> u.setU2f0s8((byte) 1));
        assertUnion3(1, 208, u -> u.setU3f0s8((byte) 1));
        assertUnion2(2, 224, u -> u.setU2f0s16((short) 1));
        assertUnion3(2, 240, u -> u.setU3f0s16((short) 1));
        assertUnion2(3, 256, u -> u.setU2f0s32(1));
        assertUnion3(3, 288, u -> u.setU3f0s32(1));
        assertUnion2(4, 320, u -> u.setU2f0s64(1));
        assertUnion3(4, 384, u -> u.setU3f0s64(1));
    }

    @Test
    @Parity("encoding: UnnamedUnion")
    @DisplayName("UnnamedUnion")
    void members_of_an_unnamed_union_are_those_of_the_struct() {
        TestUnnamedUnion.Builder root = message.initRoot(TestUnnamedUnion.TYPE);
        assertEquals(TestUnnamedUnion.Which.FOO, root.which());
        root.setBar(321);
        assertEquals(TestUnnamedUnion.Which.BAR, root.which());
        assertEquals(TestUnnamedUnion.Which.BAR, root.asReader().which());
        assertEquals(321, root.getBar());
        assertEquals(321, root.asReader().getBar());
        assertThrows(AssertionError.class, root::getFoo);
        assertThrows(AssertionError.class, () -> root.asReader().getFoo());
        root.setFoo(123);
        assertEquals(TestUnnamedUnion.Which.FOO, root.which());
        assertEquals(TestUnnamedUnion.Which.FOO, root.asReader().which());
        assertEquals(123, root.getFoo());
        assertEquals(123, root.asReader().getFoo());
        assertThrows(AssertionError.class, root::getBar);
        assertThrows(AssertionError.class, () -> root.asReader().getBar());

        StructSchema schema = new SchemaLoader().load(TestUnnamedUnion.TYPE);
        assertEquals(2, schema.node().getStruct().getDiscriminantOffset(), "it came into being with the second member");
        assertEquals(0, schema.field("foo").proto().getSlot().getOffset());
        assertEquals(2, schema.field("bar").proto().getSlot().getOffset());
    }

    @Test
    @Parity("encoding: Groups")
    @DisplayName("Groups")
    void each_group_of_a_union_has_its_own_fields() {
        TestGroups.Builder root = message.initRoot(TestGroups.TYPE);
        var foo = root.getGroups().initFoo();
        foo.setCorge(12345678);
        foo.setGrault(123456789012345L);
        foo.setGarply("foobar");
        assertTrue(root.getGroups().isFoo());
        assertEquals(12345678, foo.getCorge());
        assertEquals(123456789012345L, foo.getGrault());
        assertEquals("foobar", foo.getGarply());

        var bar = root.getGroups().initBar();
        assertEquals(0, bar.getCorge(), "what lay there is gone");
        bar.setCorge(23456789);
        bar.setGrault("barbaz");
        bar.setGarply(234567890123456L);
        assertTrue(root.getGroups().isBar());
        assertEquals(23456789, bar.getCorge());
        assertEquals("barbaz", bar.getGrault());
        assertEquals(234567890123456L, bar.getGarply());

        var baz = root.getGroups().initBaz();
        baz.setCorge(34567890);
        baz.setGrault("bazqux");
        baz.setGarply("quxquux");
        assertTrue(root.getGroups().isBaz());
        assertEquals(34567890, baz.getCorge());
        assertEquals("bazqux", baz.getGrault());
        assertEquals("quxquux", baz.asReader().getGarply());
        assertThrows(AssertionError.class, () -> root.getGroups().getBar());
    }

    @Test
    @Parity("encoding: InterleavedGroups")
    @DisplayName("InterleavedGroups")
    void groups_whose_fields_take_turns_do_not_touch_each_other() {
        TestInterleavedGroups.Builder root = message.initRoot(TestInterleavedGroups.TYPE);
        var one = root.getGroup1();
        one.setFoo(12345678);
        one.setBar(123456789012345L);
        var first = one.initCorge();
        first.setGrault(987654321098765L);
        first.setGarply(12345);
        first.setPlugh("plugh");
        first.setXyzzy("xyzzy");
        one.setWaldo("waldo");
        var two = root.getGroup2();
        two.setFoo(23456789);
        two.setBar(234567890123456L);
        var second = two.initCorge();
        second.setGrault(876543210987654L);
        second.setGarply(23456);
        second.setPlugh("hgulp");
        second.setXyzzy("yzzyx");
        two.setWaldo("odlaw");

        var read = root.asReader().getGroup1();
        assertEquals(12345678, read.getFoo());
        assertEquals(123456789012345L, read.getBar());
        assertEquals(987654321098765L, read.getCorge().getGrault());
        assertEquals(12345, read.getCorge().getGarply());
        assertEquals("plugh", read.getCorge().getPlugh());
        assertEquals("xyzzy", read.getCorge().getXyzzy());
        assertEquals("waldo", read.getWaldo());

        var zeroed = root.initGroup1().asReader();
        assertEquals(0, zeroed.getFoo());
        assertEquals(0, zeroed.getBar());
        assertEquals(TestInterleavedGroups.Group1.Which.QUX, zeroed.which());
        assertEquals(0, zeroed.getQux());
        assertFalse(zeroed.hasWaldo());

        var other = root.asReader().getGroup2();
        assertEquals(23456789, other.getFoo());
        assertEquals(234567890123456L, other.getBar());
        assertEquals(876543210987654L, other.getCorge().getGrault());
        assertEquals(23456, other.getCorge().getGarply());
        assertEquals("hgulp", other.getCorge().getPlugh());
        assertEquals("yzzyx", other.getCorge().getXyzzy());
        assertEquals("odlaw", other.getWaldo());
    }

    @Test
    @Parity("encoding: UnionDefault")
    @DisplayName("UnionDefault")
    void a_default_says_which_member_of_each_union_is_set() {
        TestUnionDefaults.Reader root = message.initRoot(TestUnionDefaults.TYPE).asReader();
        TestUnion.Reader numbers = root.getS16s8s64s8Set();
        assertEquals(TestUnion.Union0.Which.U0F0S16, numbers.getUnion0().which());
        assertEquals(TestUnion.Union1.Which.U1F0S8, numbers.getUnion1().which());
        assertEquals(TestUnion.Union2.Which.U2F0S64, numbers.getUnion2().which());
        assertEquals(TestUnion.Union3.Which.U3F0S8, numbers.getUnion3().which());
        assertEquals(321, numbers.getUnion0().getU0f0s16());
        assertEquals(123, numbers.getUnion1().getU1f0s8());
        assertEquals(12345678901234567L, numbers.getUnion2().getU2f0s64());
        assertEquals(55, numbers.getUnion3().getU3f0s8());

        TestUnion.Reader others = root.getS0sps1s32Set();
        assertTrue(others.getUnion0().isU0f1s0());
        assertEquals(TestUnion.Union1.Which.U1F0SP, others.getUnion1().which());
        assertEquals(TestUnion.Union2.Which.U2F0S1, others.getUnion2().which());
        assertEquals(TestUnion.Union3.Which.U3F0S32, others.getUnion3().which());
        assertEquals("foo", others.getUnion1().getU1f0sp());
        assertTrue(others.getUnion2().getU2f0s1());
        assertEquals(12345678, others.getUnion3().getU3f0s32());

        TestUnnamedUnion.Reader foo = root.getUnnamed1();
        assertTrue(foo.isFoo());
        assertEquals(123, foo.getFoo());
        assertFalse(foo.hasBefore() || foo.hasAfter());
        TestUnnamedUnion.Reader bar = root.getUnnamed2();
        assertTrue(bar.isBar());
        assertEquals(321, bar.getBar());
        assertEquals(List.of("foo", "bar"), Arrays.asList(bar.getBefore(), bar.getAfter()));
    }

    @Test
    @Parity("encoding: UpgradeUnion")
    @DisplayName("UpgradeUnion")
    void a_union_keeps_what_is_set_when_another_member_became_a_union() {
        message.initRoot(TestOldUnionVersion.TYPE).setB(123);
        TestNewUnionVersion.Builder newer = message.getRoot(TestNewUnionVersion.TYPE);
        assertTrue(newer.isB());
        assertEquals(123, newer.getB());
        assertEquals(123, newer.asReader().getB());
    }
}
