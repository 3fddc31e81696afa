# What the tests of schemas and dynamic values need besides test.capnp; names and numbers where those of the C++ tests matter.

@0xd8a6f5a8e2c94b17;

using Java = import "/capnp/java.capnp";
using Test = import "test.capnp";
$Java.package("dev.capstan.capnp.dynamic.fixture");

struct TestLists {
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
  structListList @9 :List(List(Test.TestAllTypes));
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

struct TestUnion {
  union0 @0! :union {
    u0f0s0 @4 :Void;
    u0f0s8 @5 :Int8;
    u0f1s32 @6 :Int32;
    u0f0sp @7 :Text;
    u0f1s16 @16 :Int16;
  }

  bit0 @8 :Bool;

  union1 @1! :union {
    u1f0s0 @9 :Void;
    u1f0sp @10 :Text;
    u1f1sp @11 :Text;
  }

  union2 @2! :union {
    u2f0s64 @14 :Int64;
    u2f0s1 @12 :Bool;
  }

  union3 @3! :union {
    u3f0s64 @15 :Int64;
    u3f0s1 @13 :Bool;
  }
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

struct TestLateUnion {
  foo @0 :Int32;
  bar @1 :Text;
  baz @2 :Int16;

  theUnion @3! :union {
    qux @4 :Text;
    corge @5 :List(Int32);
    grault @6 :Float32;
  }

  anotherUnion @7! :union {
    qux @8 :Text;
    corge @9 :List(Int32);
    grault @10 :Float32;
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
      }
      fred @13 :Text;
    }
    waldo @11 :Text;
  }
}

struct TestOldVersion {
  old1 @0 :Int64;
  old2 @1 :Text;
  old3 @2 :TestOldVersion;
}

struct TestNewVersion {
  old1 @0 :Int64;
  old2 @1 :Text;
  old3 @2 :TestNewVersion;
  new1 @3 :Int64 = 987;
  new2 @4 :Text = "baz";
}

struct TestUseGenerics {
  basic @0 :Test.TestGenerics(Test.TestAllTypes, Test.TestAnyPointer);
  inner2 @1 :Test.TestGenerics(Test.TestAllTypes, Test.TestAnyPointer).Inner2(Text);
  unspecified @2 :Test.TestGenerics;
  cap @3 :Test.TestGenerics(Test.TestInterface, Text);
  genericCap @4 :Test.TestGenerics(Test.TestAllTypes, List(UInt32)).Interface(Data);
}

struct TestCycleANoCaps {
  foo @0 :TestCycleBNoCaps;
}

struct TestCycleBNoCaps {
  foo @0 :List(TestCycleANoCaps);
  bar @1 :NoCaps;
}

struct NoCaps {
  text @0 :Text;
}

struct TestCycleAWithCaps {
  foo @0 :TestCycleBWithCaps;
}

struct TestCycleBWithCaps {
  foo @0 :List(TestCycleAWithCaps);
  bar @1 :Test.TestInterface;
}

struct TestStructUnion {
  un @0! :union {
    struct @1 :SomeStruct;
    object @2 :Test.TestAnyPointer;
  }

  struct SomeStruct {
    someText @0 :Text;
    moreText @1 :Text;
  }
}

struct TestPrintInlineStructs {
  someText @0 :Text;
  structList @1 :List(InlineStruct);

  struct InlineStruct {
    int32Field @0 :Int32;
    textField @1 :Text;
  }
}

struct TestImpliedFirstField {
  struct TextStruct {
    text @0 :Text;
    i @1 :UInt32 = 321;
  }

  textStruct @0 :TextStruct = (text = "foo");
  textStructList @1 :List(TextStruct);

  intGroup :group {
    i @2 :UInt32;
    str @3 :Text = "corge";
  }
}

struct TestBoundGenerics {
  inner @0 :Test.TestGenerics(Text, List(UInt32)).Inner;
}

struct Growing(T) {
  # Its types become larger without end.
  value @0 :T;
  next @1 :Growing(Growing(T));
}

struct Doubling(A, B) {
  # Written out, its types double with each step.
  a @0 :A;
  b @1 :B;
  next @2 :Doubling(Doubling(A, B), Doubling(A, B));
  swapped @3 :Doubling(B, A);
}

enum Shade {
  light @0 $word("hell");
  dark @1;
}

struct Remark {
  text @0 :Text;
  number @1 :Int32 = 7;
}

annotation word(*) :Text;
annotation rank(*) :UInt16;
annotation shade(*) :Shade;
annotation remark(*) :Remark;
annotation words(*) :List(Text);
annotation flag(*) :Void;

struct Annotated $word("Struct") $remark(text = "a remark") $words(["one", "two"]) {
  field @0 :Int32 $rank(65535) $shade(dark);
  plain @1 :Text $flag;
  nested :group $word("Group") {
    inner @2 :Text $word("Inner");
  }
}

interface Service $word("Interface") {
  call @0 (param :Text $word("Param")) -> (result :Text) $word("Method") $rank(1);
}

const answer :Int32 = 42;
const big :UInt64 = 18446744073709551615;
const list :List(Shade) = [dark, light];
const remarkable :Remark = (text = "constant", number = 3);
const name :Text = "Cap'n";
