# What the tests of generated code need besides test.capnp. Names and numbers are those of the C++ implementation's test schema where the
# place of a field in memory follows from them.

@0xb1e07a4c96d3f582;

using Java = import "/capnp/java.capnp";
using Test = import "test.capnp";
using Test.TestAllTypes;
using Test.TestAnyPointer;
using Test.TestEnum;
using Test.TestGenerics;
$Java.package("dev.capstan.capnp.encoding.fixture");

struct TestUnion {
  # Four unions: one with room to itself, one whose every member takes new room, and two that take turns.

  union0 @0! :union {
    u0f0s0 @4 :Void;
    u0f0s1 @5 :Bool;
    u0f0s8 @6 :Int8;
    u0f0s16 @7 :Int16;
    u0f0s32 @8 :Int32;
    u0f0s64 @9 :Int64;
    u0f0sp @10 :Text;
    u0f1s0 @11 :Void;
    u0f1s1 @12 :Bool;
    u0f1s8 @13 :Int8;
    u0f1s16 @14 :Int16;
    u0f1s32 @15 :Int32;
    u0f1s64 @16 :Int64;
    u0f1sp @17 :Text;
  }

  bit0 @18 :Bool;

  union1 @1! :union {
    u1f0s0 @19 :Void;
    u1f0s1 @20 :Bool;
    u1f1s1 @21 :Bool;
    u1f0s8 @22 :Int8;
    u1f1s8 @23 :Int8;
    u1f0s16 @24 :Int16;
    u1f1s16 @25 :Int16;
    u1f0s32 @26 :Int32;
    u1f1s32 @27 :Int32;
    u1f0s64 @28 :Int64;
    u1f1s64 @29 :Int64;
    u1f0sp @30 :Text;
    u1f1sp @31 :Text;
    u1f2s0 @32 :Void;
    u1f2s1 @33 :Bool;
    u1f2s8 @34 :Int8;
    u1f2s16 @35 :Int16;
    u1f2s32 @36 :Int32;
    u1f2s64 @37 :Int64;
    u1f2sp @38 :Text;
  }

  bit2 @39 :Bool;
  bit3 @40 :Bool;
  bit4 @41 :Bool;
  bit5 @42 :Bool;
  bit6 @43 :Bool;
  bit7 @44 :Bool;

  union2 @2! :union {
    u2f0s64 @54 :Int64;
    u2f0s32 @52 :Int32;
    u2f0s16 @50 :Int16;
    u2f0s8 @47 :Int8;
    u2f0s1 @45 :Bool;
  }

  union3 @3! :union {
    u3f0s64 @55 :Int64;
    u3f0s32 @53 :Int32;
    u3f0s16 @51 :Int16;
    u3f0s8 @48 :Int8;
    u3f0s1 @46 :Bool;
  }

  byte0 @49 :UInt8;
}

struct TestUnnamedUnion {
  before @0 :Text;

  union {
    foo @1 :UInt16;
    bar @3 :UInt32;
  }

  middle @2 :UInt16;
  after @4 :Text;
}

struct TestUnionDefaults {
  s16s8s64s8Set @0 :TestUnion = (union0 = (u0f0s16 = 321), union1 = (u1f0s8 = 123), union2 = (u2f0s64 = 12345678901234567),
      union3 = (u3f0s8 = 55));
  s0sps1s32Set @1 :TestUnion = (union0 = (u0f1s0 = void), union1 = (u1f0sp = "foo"), union2 = (u2f0s1 = true),
      union3 = (u3f0s32 = 12345678));
  unnamed1 @2 :TestUnnamedUnion = (foo = 123);
  unnamed2 @3 :TestUnnamedUnion = (bar = 321, before = "foo", after = "bar");
}

struct TestOldUnionVersion {
  union {
    a @0 :Void;
    b @1 :UInt64;
  }
}

struct TestNewUnionVersion {
  # A member of the old union became a union itself.

  union {
    a :union {
      a0 @0 :Void;
      a1 @2 :UInt64;
    }
    b @1 :UInt64;
  }
}

struct TestGroups {
  groups :union {
    foo :group {
      corge @0 :Int32;
      grault @2 :Int64;
      garply @8 :Text;
    }
    bar :group {
      corge @3 :Int32;
      grault @4 :Text;
      garply @5 :Int64;
    }
    baz :group {
      corge @1 :Int32;
      grault @6 :Text;
      garply @7 :Text;
    }
  }
}

struct TestInterleavedGroups {
  group1 :group {
    foo @0 :UInt32;
    bar @2 :UInt64;
    union {
      qux @4 :UInt16;
      corge :group {
        grault @6 :UInt64;
        garply @8 :UInt16;
        plugh @14 :Text;
        xyzzy @16 :Text;
      }
      fred @12 :Text;
    }
    waldo @10 :Text;
  }

  group2 :group {
    foo @1 :UInt32;
    bar @3 :UInt64;
    union {
      qux @5 :UInt16;
      corge :group {
        grault @7 :UInt64;
        garply @9 :UInt16;
        plugh @15 :Text;
        xyzzy @17 :Text;
      }
      fred @13 :Text;
    }
    waldo @11 :Text;
  }
}

struct TestLists {
  # Structs with one field, whose lists are lists of structs all the same, and lists of lists.

  struct Struct0 { f @0 :Void; }
  struct Struct1 { f @0 :Bool; }
  struct Struct8 { f @0 :UInt8; }
  struct Struct16 { f @0 :UInt16; }
  struct Struct32 { f @0 :UInt32; }
  struct Struct64 { f @0 :UInt64; }
  struct StructP { f @0 :Text; }

  list0 @0 :List(Struct0);
  list1 @1 :List(Struct1);
  list8 @2 :List(Struct8);
  list16 @3 :List(Struct16);
  list32 @4 :List(Struct32);
  list64 @5 :List(Struct64);
  listP @6 :List(StructP);
  int32ListList @7 :List(List(Int32));
  textListList @8 :List(List(Text));
  structListList @9 :List(List(TestAllTypes));
}

struct TestListDefaults {
  lists @0 :TestLists = (
      list0 = [(f = void), (f = void)],
      list1 = [(f = true), (f = false), (f = true), (f = true)],
      list8 = [(f = 123), (f = 45)],
      list16 = [(f = 12345), (f = 6789)],
      list32 = [(f = 123456789), (f = 234567890)],
      list64 = [(f = 1234567890123456), (f = 2345678901234567)],
      listP = [(f = "foo"), (f = "bar")],
      int32ListList = [[1, 2, 3], [4, 5], [12341234]],
      textListList = [["foo", "bar"], ["baz"], ["qux", "corge"]],
      structListList = [[(int32Field = 123), (int32Field = 456)], [(int32Field = 789)]]);
}

struct TestNestedTypes {
  enum NestedEnum {
    foo @0;
    bar @1;
  }

  struct NestedStruct {
    enum NestedEnum {
      baz @0;
      qux @1;
      quux @2;
    }

    outerNestedEnum @0 :TestNestedTypes.NestedEnum = bar;
    innerNestedEnum @1 :NestedEnum = quux;
  }

  nestedStruct @0 :NestedStruct;
  outerNestedEnum @1 :NestedEnum = bar;
  innerNestedEnum @2 :NestedStruct.NestedEnum = quux;
}

struct TestUsing {
  using OuterNestedEnum = TestNestedTypes.NestedEnum;
  using TestNestedTypes.NestedStruct.NestedEnum;

  outerNestedEnum @1 :OuterNestedEnum = bar;
  innerNestedEnum @0 :NestedEnum = quux;
}

struct TestImport {
  field @0 :TestAllTypes;
}

struct TestWholeFloatDefault {
  field @0 :Float32 = 123;
  bigField @1 :Float32 = 2e30;

  const constant :Float32 = 456;
  const bigConstant :Float32 = 4e30;
}

struct TestFloatDefaults {
  float32Field @0 :Float32 = 1234.5;
  float64Field @1 :Float64 = -123e45;
}

struct TestGenericsWrapper(Foo, Bar) {
  value @0 :TestGenerics(Foo, Bar);
}

struct TestGenericsWrapper2 {
  value @0 :TestGenericsWrapper(Text, TestAllTypes);
}

struct TestUseGenerics {
  basic @0 :TestGenerics(TestAllTypes, TestAnyPointer);
  inner @1 :TestGenerics(TestAllTypes, TestAnyPointer).Inner;
  inner2 @2 :TestGenerics(TestAllTypes, TestAnyPointer).Inner2(Text);
  unspecified @3 :TestGenerics;
  unspecifiedInner @4 :TestGenerics.Inner2(Text);
  wrapper @8 :TestGenericsWrapper(TestAllTypes, TestAnyPointer);

  default @5 :TestGenerics(TestAllTypes, Text) = (foo = (int16Field = 123), rev = (foo = "text", rev = (foo = (int16Field = 321))));
  defaultInner @6 :TestGenerics(TestAllTypes, Text).Inner = (foo = (int16Field = 123), bar = "text");
  defaultUser @7 :TestUseGenerics = (basic = (foo = (int16Field = 123)));
  defaultWrapper @9 :TestGenericsWrapper(Text, TestAllTypes) = (value = (foo = "text", rev = (foo = (int16Field = 321))));
  defaultWrapper2 @10 :TestGenericsWrapper2 = (value = (value = (foo = "text", rev = (foo = (int16Field = 321)))));
}

struct TestConstants {
  const voidConst :Void = void;
  const boolConst :Bool = true;
  const int8Const :Int8 = -123;
  const int16Const :Int16 = -12345;
  const int32Const :Int32 = -12345678;
  const int64Const :Int64 = -123456789012345;
  const uint8Const :UInt8 = 234;
  const uint16Const :UInt16 = 45678;
  const uint32Const :UInt32 = 3456789012;
  const uint64Const :UInt64 = 12345678901234567890;
  const float32Const :Float32 = 1234.5;
  const float64Const :Float64 = -123e45;
  const textConst :Text = "foo";
  const dataConst :Data = "bar";
  const structConst :TestAllTypes = (
      boolField = true, int8Field = -12, uInt64Field = 345678901234567890, float32Field = -1.25e-10, textField = "baz", dataField = "qux",
      structField = (textField = "nested", structField = (textField = "really nested")),
      enumField = baz,
      voidList = [void, void, void],
      int64List = [123456789012345, -678901234567890, -0x8000000000000000, 0x7fffffffffffffff],
      uInt64List = [123456789012345, 678901234567890, 0, 0xffffffffffffffff],
      float64List = [0, 123456789012345, 1e306, -1e306, 1e-306, -1e-306],
      dataList = ["garply", "waldo", "fred"],
      structList = [(textField = "x " "struct"
          "list 1"), (textField = "x structlist 2")],
      enumList = [qux, bar, grault]);
  const enumConst :TestEnum = corge;

  const voidListConst :List(Void) = [void, void, void, void, void, void];
  const boolListConst :List(Bool) = [true, false, false, true];
  const int8ListConst :List(Int8) = [111, -111];
  const int16ListConst :List(Int16) = [11111, -11111];
  const int32ListConst :List(Int32) = [111111111, -111111111];
  const int64ListConst :List(Int64) = [1111111111111111111, -1111111111111111111];
  const uint8ListConst :List(UInt8) = [111, 222];
  const uint16ListConst :List(UInt16) = [33333, 44444];
  const uint32ListConst :List(UInt32) = [3333333333];
  const uint64ListConst :List(UInt64) = [11111111111111111111];
  const float32ListConst :List(Float32) = [5555.5, inf, -inf, nan];
  const float64ListConst :List(Float64) = [7777.75, inf, -inf, nan];
  const textListConst :List(Text) = ["plugh", "xyzzy", "thud"];
  const dataListConst :List(Data) = ["oops", "exhausted", "rfc3092"];
  const structListConst :List(TestAllTypes) = [(textField = "structlist 1"), (textField = "structlist 2"), (textField = "structlist 3")];
  const enumListConst :List(TestEnum) = [foo, garply];
}

struct TestAnyPointerConstants {
  anyKindAsStruct @0 :AnyPointer;
  anyStructAsStruct @1 :AnyStruct;
  anyKindAsList @2 :AnyPointer;
  anyListAsList @3 :AnyList;
}

const anyPointerConstants :TestAnyPointerConstants = (
    anyKindAsStruct = TestConstants.structConst, anyStructAsStruct = TestConstants.structConst,
    anyKindAsList = TestConstants.int32ListConst, anyListAsList = TestConstants.int32ListConst);

const globalInt :UInt32 = 12345;
const globalText :Text = "foobar";
const globalStruct :TestAllTypes = (int32Field = 54321);
const derivedConstant :TestAllTypes = (
    uInt32Field = .globalInt,
    textField = TestConstants.textConst,
    structField = TestConstants.structConst,
    int16List = TestConstants.int16ListConst,
    structList = TestConstants.structListConst);

const embeddedData :Data = embed "testdata/standard.packed";
const embeddedText :Text = embed "testdata/standard.txt";
const embeddedStruct :TestAllTypes = embed "testdata/standard.binary";

struct TestNameAnnotation $Java.name("RenamedStruct") {
  union {
    badFieldName @0 :Bool $Java.name("goodFieldName");
    bar @1 :Int8;
  }

  enum BadlyNamedEnum $Java.name("RenamedEnum") {
    foo @0;
    bar @1;
    baz @2 $Java.name("qux");
  }

  anotherBadFieldName @2 :BadlyNamedEnum $Java.name("anotherGoodFieldName");

  struct NestedStruct $Java.name("RenamedNestedStruct") {
    badNestedFieldName @0 :Bool $Java.name("goodNestedFieldName");
    anotherBadNestedFieldName @1 :NestedStruct $Java.name("anotherGoodNestedFieldName");

    enum DeeplyNestedEnum $Java.name("RenamedDeeplyNestedEnum") {
      quux @0;
      corge @1;
      grault @2 $Java.name("garply");
    }

    deep @2 :DeeplyNestedEnum;
  }

  badlyNamedUnion :union $Java.name("renamedUnion") {
    badlyNamedGroup :group $Java.name("renamedGroup") {
      foo @3 :Void;
      bar @4 :Void;
    }
    baz @5 :NestedStruct $Java.name("qux");
  }

  const badlyNamedConstant :Text = "constant" $Java.name("goodConstantName");
}

interface TestNameAnnotationInterface $Java.name("RenamedInterface") {
  badlyNamedMethod @0 (badlyNamedParam :UInt8 $Java.name("renamedParam")) $Java.name("renamedMethod");
}
