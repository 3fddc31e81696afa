package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.encoding.fixture.RenamedInterface;
import dev.capstan.capnp.encoding.fixture.RenamedStruct;
import dev.capstan.capnp.encoding.fixture.RenamedStruct.RenamedEnum;
import dev.capstan.capnp.encoding.fixture.RenamedStruct.RenamedNestedStruct;
import dev.capstan.capnp.encoding.fixture.TestImport;
import dev.capstan.capnp.encoding.fixture.TestImport2;
import dev.capstan.capnp.encoding.fixture.TestNestedTypes;
import dev.capstan.capnp.encoding.fixture.TestUseGenerics;
import dev.capstan.capnp.encoding.fixture.TestUsing;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestGenerics;
import dev.capstan.testkit.Parity;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Type parameters, imports, nested types and names in generated code, as the C++ implementation's tests have them. */
class GenericsParityTest {
    private final MessageBuilder message = new MessageBuilder();

    @Test
    @Parity("encoding: Generics")
    @DisplayName("Generics")
    void fields_of_types_with_arguments_are_typed_and_can_be_seen_without_them() {
        TestUseGenerics.Builder root = message.initRoot(TestUseGenerics.TYPE);
        TestUseGenerics.Reader read = root.asReader();
        StandardContent.fill(root.initBasic().initFoo());
        StandardContent.check(read.getBasic().getFoo());
        var unbound = TestGenerics.type(AnyPointer.TYPE, AnyPointer.TYPE);
        var halfBound = TestGenerics.type(TestAllTypes.TYPE, AnyPointer.TYPE);
        StandardContent.check(unbound.view(read.getBasic()).getFoo().as(TestAllTypes.TYPE));
        StandardContent.check(halfBound.view(read.getBasic()).getFoo());
        StandardContent.check(
                unbound.view(root.getBasic()).getFoo().as(TestAllTypes.TYPE).asReader());
        StandardContent.check(halfBound.view(root.getBasic()).getFoo().asReader());

        StandardContent.fill(root.initInner().initFoo());
        StandardContent.check(read.getInner().getFoo());
        var unboundInner = TestGenerics.Inner.type(AnyPointer.TYPE, AnyPointer.TYPE);
        var halfBoundInner = TestGenerics.Inner.type(TestAllTypes.TYPE, AnyPointer.TYPE);
        StandardContent.check(unboundInner.view(read.getInner()).getFoo().as(TestAllTypes.TYPE));
        StandardContent.check(halfBoundInner.view(read.getInner()).getFoo());
        StandardContent.check(unboundInner
                .view(root.getInner())
                .getFoo()
                .as(TestAllTypes.TYPE)
                .asReader());
        StandardContent.check(halfBoundInner.view(root.getInner()).getFoo().asReader());

        root.initInner2().setBaz("foo");
        assertEquals("foo", read.getInner2().getBaz());
        StandardContent.fill(root.getInner2().initInnerBound().initFoo());
        StandardContent.check(read.getInner2().getInnerBound().getFoo());
        StandardContent.fill(root.getInner2().initInnerUnbound().getFoo().init(TestAllTypes.TYPE));
        StandardContent.check(read.getInner2().getInnerUnbound().getFoo().as(TestAllTypes.TYPE));
        StandardContent.fill(root.initUnspecified().getFoo().init(TestAllTypes.TYPE));
        StandardContent.check(read.getUnspecified().getFoo().as(TestAllTypes.TYPE));
        StandardContent.fill(root.initWrapper().initValue().initFoo());
        StandardContent.check(read.getWrapper().getValue().getFoo());
    }

    @Test
    @Parity("encoding: GenericDefaults")
    @DisplayName("GenericDefaults")
    void defaults_of_types_with_arguments_are_typed() {
        TestUseGenerics.Reader nothing = Words.root(0).as(TestUseGenerics.TYPE);
        assertEquals(123, nothing.getDefault().getFoo().getInt16Field());
        assertEquals("text", nothing.getDefault().getRev().getFoo());
        assertEquals(321, nothing.getDefault().getRev().getRev().getFoo().getInt16Field());
        assertEquals(123, nothing.getDefaultInner().getFoo().getInt16Field());
        assertEquals("text", nothing.getDefaultInner().getBar());
        assertEquals(123, nothing.getDefaultUser().getBasic().getFoo().getInt16Field());
        assertEquals("text", nothing.getDefaultWrapper().getValue().getFoo());
        assertEquals(
                321, nothing.getDefaultWrapper().getValue().getRev().getFoo().getInt16Field());
        var inner = nothing.getDefaultWrapper2().getValue().getValue();
        assertEquals("text", inner.getFoo());
        assertEquals(321, inner.getRev().getFoo().getInt16Field());
    }

    @Test
    @Parity("encoding: UnionInGenerics")
    @DisplayName("UnionInGenerics")
    void a_struct_with_type_parameters_has_a_union() {
        var root = message.initRoot(TestGenerics.type(AnyPointer.TYPE, AnyPointer.TYPE));
        assertTrue(root.isUv() && root.asReader().isUv());
        assertFalse(root.isUg() || root.asReader().isUg());
        assertThrows(AssertionError.class, root::getUg);
        root.initUg().setUgfoo(5);
        assertEquals(TestGenerics.Which.UG, root.which());
        assertEquals(TestGenerics.Which.UG, root.asReader().which());
        assertEquals(5, root.getUg().getUgfoo());
        assertEquals(5, root.asReader().getUg().getUgfoo());
        root.setUv();
        assertEquals(TestGenerics.Which.UV, root.asReader().which());
    }

    @Test
    @Parity("encoding: NestedTypes")
    @DisplayName("NestedTypes")
    void types_of_one_name_lie_within_their_own_types() {
        TestNestedTypes.Reader read = message.initRoot(TestNestedTypes.TYPE).asReader();
        assertEquals(TestNestedTypes.NestedEnum.BAR, read.getOuterNestedEnum());
        assertEquals(TestNestedTypes.NestedStruct.NestedEnum.QUUX, read.getInnerNestedEnum());
        TestNestedTypes.NestedStruct.Reader nested = read.getNestedStruct();
        assertEquals(TestNestedTypes.NestedEnum.BAR, nested.getOuterNestedEnum());
        assertEquals(TestNestedTypes.NestedStruct.NestedEnum.QUUX, nested.getInnerNestedEnum());
    }

    @Test
    @Parity("encoding: Using")
    @DisplayName("Using")
    void aliases_stand_for_the_types_themselves() {
        TestUsing.Reader read = message.initRoot(TestUsing.TYPE).asReader();
        TestNestedTypes.NestedEnum outer = read.getOuterNestedEnum();
        TestNestedTypes.NestedStruct.NestedEnum inner = read.getInnerNestedEnum();
        assertEquals(TestNestedTypes.NestedEnum.BAR, outer);
        assertEquals(TestNestedTypes.NestedStruct.NestedEnum.QUUX, inner);
    }

    @Test
    @Parity("encoding: Imports")
    @DisplayName("Imports")
    void types_of_other_files_are_those_that_these_files_give() {
        TestImport.Builder one = message.initRoot(TestImport.TYPE);
        StandardContent.fill(one.initField());
        StandardContent.check(one.asReader().getField());

        TestImport2.Builder two = new MessageBuilder().initRoot(TestImport2.TYPE);
        StandardContent.fill(two.initFoo());
        StandardContent.check(two.asReader().getFoo());
        two.setBar(new dev.capstan.capnp.dynamic.SchemaLoader()
                .load(TestAllTypes.TYPE)
                .node());
        assertEquals(TestAllTypes.TYPE.typeId(), two.asReader().getBar().getId());
        StandardContent.fill(two.initBaz().initField());
        StandardContent.check(two.asReader().getBaz().getField());
        two.setBaz(one.asReader());
        StandardContent.check(two.asReader().getBaz().getField());
    }

    @Test
    @Parity("encoding: NameAnnotation")
    @DisplayName("NameAnnotation")
    void an_annotation_says_what_a_declaration_is_called_in_java() {
        assertEquals(2, RenamedEnum.QUX.raw());
        assertEquals(2, RenamedNestedStruct.RenamedDeeplyNestedEnum.GARPLY.raw());
        assertEquals("constant", RenamedStruct.GOOD_CONSTANT_NAME);
        RenamedStruct.Builder root = message.initRoot(RenamedStruct.TYPE);
        root.setGoodFieldName(true);
        assertTrue(root.getGoodFieldName());
        assertTrue(root.isGoodFieldName());
        assertEquals(RenamedStruct.Which.GOOD_FIELD_NAME, root.which());
        root.setBar((byte) 0xff);
        assertFalse(root.isGoodFieldName());
        root.setAnotherGoodFieldName(RenamedEnum.QUX);
        assertEquals(RenamedEnum.QUX, root.getAnotherGoodFieldName());

        assertFalse(root.getRenamedUnion().isQux());
        RenamedNestedStruct.Builder qux = root.getRenamedUnion().initQux();
        assertTrue(root.getRenamedUnion().isQux());
        qux.setGoodNestedFieldName(true);
        assertTrue(qux.getGoodNestedFieldName());
        assertFalse(qux.hasAnotherGoodNestedFieldName());
        qux.initAnotherGoodNestedFieldName().setGoodNestedFieldName(true);
        assertTrue(qux.asReader().getAnotherGoodNestedFieldName().getGoodNestedFieldName());
        assertFalse(qux.getAnotherGoodNestedFieldName().hasAnotherGoodNestedFieldName());
        assertEquals(
                "(bar = -1, anotherBadFieldName = baz, badlyNamedUnion = (baz = (badNestedFieldName = true,"
                        + " anotherBadNestedFieldName = (badNestedFieldName = true, deep = quux), deep = quux)))",
                root.asReader().toString(),
                "text has the names of the schema");
        root.getRenamedUnion().initRenamedGroup();
        assertTrue(root.getRenamedUnion().isRenamedGroup());
        assertEquals(
                0,
                message.root()
                        .init(RenamedInterface.RenamedMethodParams.TYPE)
                        .asReader()
                        .getRenamedParam());
        assertEquals(
                List.of("renamedMethod"),
                java.util.Arrays.stream(RenamedInterface.Server.class.getDeclaredMethods())
                        .map(java.lang.reflect.Method::getName)
                        .filter(name -> name.contains("amed"))
                        .toList());
    }
}
