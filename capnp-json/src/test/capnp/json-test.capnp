# What the tests of the JSON codec write and read. The shapes and names are those that the tests of the C++ implementation use.

@0xe1f0c6b37d5a9428;

using Json = import "/capnp/compat/json.capnp";
using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.capnp.json.fixture");

enum TestEnum {
  foo @0;
  bar @1;
  baz @2;
  qux @3;
  quux @4;
  corge @5;
  grault @6;
  garply @7;
}

struct TestAllTypes {
  # A field of each kind that has a form in JSON by itself.

  voidField @0 :Void;
  boolField @1 :Bool;
  int8Field @2 :Int8;
  int16Field @3 :Int16;
  int32Field @4 :Int32;
  int64Field @5 :Int64;
  uInt8Field @6 :UInt8;
  uInt16Field @7 :UInt16;
  uInt32Field @8 :UInt32;
  uInt64Field @9 :UInt64;
  float32Field @10 :Float32;
  float64Field @11 :Float64;
  textField @12 :Text;
  dataField @13 :Data;
  structField @14 :TestAllTypes;
  enumField @15 :TestEnum;
  interfaceField @16 :Void;

  voidList @17 :List(Void);
  boolList @18 :List(Bool);
  int8List @19 :List(Int8);
  int16List @20 :List(Int16);
  int32List @21 :List(Int32);
  int64List @22 :List(Int64);
  uInt8List @23 :List(UInt8);
  uInt16List @24 :List(UInt16);
  uInt32List @25 :List(UInt32);
  uInt64List @26 :List(UInt64);
  float32List @27 :List(Float32);
  float64List @28 :List(Float64);
  textList @29 :List(Text);
  dataList @30 :List(Data);
  structList @31 :List(TestAllTypes);
  enumList @32 :List(TestEnum);
  interfaceList @33 :List(Void);
}

struct TestMore {
  # What TestAllTypes leaves out.

  numbers @0 :List(List(Int32));
  words @1 :List(List(Text));
  count @2 :Int32 = 42;
  title @3 :Text = "untitled";
  shade @4 :TestEnum = corge;
  yes @5 :Bool = true;
  unions @6 :List(TestUnnamedUnion);
  choice :union {
    nothing @7 :Void;
    point :group {
      x @8 :Float32 = 0.5;
      y @9 :Float32;
    }
    inner @10 :TestMore;
    text @11 :Text;
    number @12 :Int16;
  }
  place :group {
    name @13 :Text;
    depth :group {
      metres @14 :UInt64;
    }
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

struct TestOldVersion {
  old1 @0 :Int64;
  old2 @1 :Text;
  old3 @2 :TestOldVersion;
}

interface TestInterface {}

interface TestExtends extends(TestInterface) {}

struct TestPointers {
  cap @0 :TestInterface;
  derived @1 :TestExtends;
  anyone @2 :Capability;
  any @3 :AnyPointer;
  caps @4 :List(TestInterface);
}

struct TestJsonAnnotations {
  someField @0 :Text $Json.name("names-can_contain!anything Really");

  aGroup :group $Json.flatten() {
    flatFoo @1 :UInt32;
    flatBar @2 :Text;
    flatBaz :group $Json.name("renamed-flatBaz") {
      hello @3 :Bool;
    }
    doubleFlat :group $Json.flatten() {
      flatQux @4 :Text;
    }
  }

  prefixedGroup :group $Json.flatten(prefix = "pfx.") {
    foo @5 :Text;
    bar @6 :UInt32 $Json.name("renamed-bar");
    baz :group {
      hello @7 :Bool;
    }
    morePrefix :group $Json.flatten(prefix = "xfp.") {
      qux @8 :Text;
    }
  }

  aUnion :union $Json.flatten() $Json.discriminator(name = "union-type") {
    foo :group $Json.flatten() {
      fooMember @9 :Text;
      multiMember @10 :UInt32;
    }
    bar :group $Json.flatten() $Json.name("renamed-bar") {
      barMember @11 :UInt32;
      multiMember @12 :Text;
    }
  }

  dependency @13 :TestJsonAnnotations2;

  simpleGroup :group {
    grault @14 :Text $Json.name("renamed-grault");
  }

  enums @15 :List(TestJsonAnnotatedEnum);

  innerJson @16 :Json.Value;

  customFieldHandler @17 :Text;

  testBase64 @18 :Data $Json.base64;
  testHex @19 :Data $Json.hex;

  bUnion :union $Json.flatten() $Json.discriminator(valueName = "bValue") {
    foo @20 :Text;
    bar @21 :UInt32 $Json.name("renamed-bar");
  }

  externalUnion @22 :TestJsonAnnotations3;

  unionWithVoid :union $Json.discriminator(name = "type") {
    intValue @23 :UInt32;
    voidValue @24 :Void;
    textValue @25 :Text;
  }
}

struct TestJsonAnnotations2 {
  foo @0 :Text $Json.name("renamed-foo");
  cycle @1 :TestJsonAnnotations;
}

struct TestJsonAnnotations3 $Json.discriminator(name = "type") {
  union {
    foo @0 :UInt32;
    bar @1 :TestFlattenedStruct $Json.flatten();
  }
}

struct TestFlattenedStruct {
  value @0 :Text;
}

enum TestJsonAnnotatedEnum {
  foo @0;
  bar @1 $Json.name("renamed-bar");
  baz @2 $Json.name("renamed-baz");
  qux @3;
}

struct TestBase64Union {
  union {
    foo @0 :Data $Json.base64;
    bar @1 :Text;
  }
}

# Annotations that contradict each other.

struct TestFlattenedCycle {
  inner @0 :TestFlattenedCycle $Json.flatten();
}

struct TestSameNames {
  one @0 :Text;
  two @1 :Text $Json.name("one");
}

struct TestUntoldUnion {
  union {
    one @0 :TestFlattenedStruct $Json.flatten();
    two @1 :Text;
  }
}

struct TestMisplaced {
  number @0 :Int32 $Json.base64;
}

struct TestDoubling {
  # Names that double with each level.

  a @0 :Level1 $Json.flatten(prefix = "a");
  b @1 :Level1 $Json.flatten(prefix = "b");

  struct Level1 {
    a @0 :Level2 $Json.flatten(prefix = "a");
    b @1 :Level2 $Json.flatten(prefix = "b");
  }

  struct Level2 {
    a @0 :Level3 $Json.flatten(prefix = "a");
    b @1 :Level3 $Json.flatten(prefix = "b");
  }

  struct Level3 {
    x @0 :Text;
    y @1 :Text;
  }
}

struct TestBatch {
  # Many messages in one, for a tool that reads one at a time.

  types @0 :List(TestAllTypes);
  more @1 :List(TestMore);
  annotated @2 :List(TestJsonAnnotations);
}
