# The fixture of the parity tests: the names and numbers are those of the C++ implementation's test schema where behaviour rows rely on
# them. How the objects behave is said at the methods.

@0xc4e8ab9f0d2c6713;

using Cxx = import "/capnp/c++.capnp";
using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.capnp.testfixture");

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
  # A field of every kind.

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
  interfaceField @16 :TestInterface;

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
  interfaceList @33 :List(TestInterface);

  anyField @34 :AnyPointer;
  capabilityField @35 :Capability;
  int32ListList @36 :List(List(Int32));
  textListList @37 :List(List(Text));
  capabilityList @38 :List(Capability);
}

struct TestDefaults {
  # A default value of every kind.

  boolField @0 :Bool = true;
  int8Field @1 :Int8 = -123;
  int16Field @2 :Int16 = -12345;
  int32Field @3 :Int32 = -12345678;
  int64Field @4 :Int64 = -123456789012345;
  uInt8Field @5 :UInt8 = 234;
  uInt16Field @6 :UInt16 = 45678;
  uInt32Field @7 :UInt32 = 3456789012;
  uInt64Field @8 :UInt64 = 12345678901234567890;
  float32Field @9 :Float32 = 1234.5;
  float64Field @10 :Float64 = -123e45;
  textField @11 :Text = "foo";
  dataField @12 :Data = 0x"62 61 72";
  structField @13 :TestAllTypes = (int32Field = -78901234, textField = "baz", structField = (textField = "nested"),
      int32List = [12345678, -90123456], structList = [(textField = "one"), (textField = "two")]);
  enumField @14 :TestEnum = corge;
  boolList @15 :List(Bool) = [true, false, false, true];
  int32List @16 :List(Int32) = [111111111, -111111111];
  uInt64List @17 :List(UInt64) = [11111111111111111111];
  float32List @18 :List(Float32) = [5555.5, inf, -inf, nan];
  textList @19 :List(Text) = ["plugh", "xyzzy", "thud"];
  enumList @20 :List(TestEnum) = [foo, garply];
  structList @21 :List(TestAllTypes) = [(textField = "structlist 1"), (textField = "structlist 2")];
  int32ListList @22 :List(List(Int32)) = [[1, 2, 3], [4, 5], []];
}

struct TestAnyPointer {
  anyPointerField @0 :AnyPointer;
}

struct TestAnyOthers {
  # Fields whose types are known only in part.

  anyStructField @0 :AnyStruct;
  anyListField @1 :AnyList;
  capabilityField @2 :Capability;
}

struct TestEmptyStruct {}

interface TestInterface {
  # What the parity tests use as the bootstrap object.

  foo @0 (i :UInt32, j :Bool, expectedCallCount :Int32 = -1) -> (x :Text);
  # Wants i = 123 and j, and returns "foo". A count that is not negative must be the number of calls before this one.

  bar @1 () -> ();
  # Never implemented.

  baz @2 (s :TestAllTypes);
  # Wants the standard content, then releases the parameters.

  getTestPipeline @3 () -> (cap :TestPipeline);
  getTestTailCallee @4 () -> (cap :TestTailCallee);
  getTestTailCaller @5 () -> (cap :TestTailCaller);
  getTestMoreStuff @6 () -> (cap :TestMoreStuff);
}

interface TestExtends extends(TestInterface) {
  # Its foo wants i = 321 and not j, and returns "bar".

  qux @0 ();
  corge @1 TestAllTypes -> ();

  grault @2 () -> TestAllTypes;
  # Returns the standard content as the whole result.
}

interface TestExtends2 extends(TestExtends) {}

interface TestPipeline {
  getCap @0 (n :UInt32, inCap :TestInterface) -> (s :Text, outBox :Box);
  # Wants n = 234, calls foo(123, true) of the capability, and returns "bar" with a TestExtends in the box.

  testPointers @1 (cap :TestInterface, obj :AnyPointer, list :List(TestInterface)) -> ();
  getAnyCap @2 (n :UInt32, inCap :Capability) -> (s :Text, outBox :AnyBox);

  getCapPipelineOnly @3 () -> (outBox :Box);
  # Never returns, but tells its pipeline before that.

  struct Box {
    cap @0 :TestInterface;
  }

  struct AnyBox {
    cap @0 :Capability;
  }
}

interface TestCallOrder {
  getCallSequence @0 (expected :UInt32) -> (n :UInt32);
  # Returns 0, then 1, and so on; what is expected is for the log alone.
}

interface TestTailCallee $Cxx.allowCancellation {
  struct TailResult {
    i @0 :UInt32;
    t @1 :Text;
    c @2 :TestCallOrder;
  }

  foo @0 (i :Int32, t :Text) -> TailResult;
  # Returns what it was given and a new TestCallOrder.
}

interface TestTailCaller {
  foo @0 (i :Int32, callee :TestTailCallee) -> TestTailCallee.TailResult;
  # Lets the callee answer, with "from TestTailCaller".
}

interface TestStreaming $Cxx.allowCancellation {
  doStreamI @0 (i :UInt32) -> stream;
  doStreamJ @1 (j :UInt32) -> stream;

  finishStream @2 () -> (totalI :UInt32, totalJ :UInt32);
  # Returns the sums of what was streamed.
}

interface TestHandle {
  # Without methods: tests count how many are alive.
}

interface TestMoreStuff extends(TestCallOrder) {
  # Everything else.

  callFoo @0 (cap :TestInterface) -> (s :Text);
  # Calls foo(123, true) of the capability, wants "foo" and returns "bar".

  callFooWhenResolved @1 (cap :TestInterface) -> (s :Text);
  # As callFoo, when the capability is settled.

  neverReturn @2 (cap :TestInterface) -> (capCopy :TestInterface) $Cxx.allowCancellation;
  # Holds the capability in the call and in its results until the call is cancelled.

  hold @3 (cap :TestInterface) -> ();
  # Keeps the capability.

  callHeld @4 (expectedCallCount :Int32 = -1) -> (s :Text);
  # As callFoo, of the capability that is kept.

  getHeld @5 () -> (cap :TestInterface);
  # Returns the capability that is kept, and keeps it.

  echo @6 (cap :TestCallOrder) -> (cap :TestCallOrder);
  # Returns what it was given.

  expectCancel @7 (cap :TestInterface) -> () $Cxx.allowCancellation;
  # Holds the capability for up to a hundred turns; must be cancelled before.

  methodWithDefaults @8 (a :Text, b :UInt32 = 123, c :Text = "foo") -> (d :Text, e :Text = "bar");

  methodWithNullDefault @12 (a :Text, b :TestInterface = null);

  getHandle @9 () -> (handle :TestHandle);
  # Returns a new handle.

  getNull @10 () -> (nullCap :TestMoreStuff);
  # Returns nothing.

  getEnormousString @11 () -> (str :Text);
  # Tries to return 100,000,000 bytes.

  writeToFd @13 (fill :List(UInt8), fdCap1 :TestInterface, fdCap2 :TestInterface)
             -> (fdCap3 :TestInterface, secondFdPresent :Bool);
  # Writes "foo" and "bar" to the descriptors of the first two and "baz" to that of the third.

  throwException @14 ();
  # Fails with "test exception".

  throwRemoteException @15 ();
  # Fails with "remote exception: test exception".

  throwExceptionWithDetail @16 ();
  # Fails with "test exception" and the detail 1, "foo".
}

interface TestMembrane {
  makeThing @0 () -> (thing :Thing);
  callPassThrough @1 (thing :Thing, tailCall :Bool) -> Result;
  callIntercept @2 (thing :Thing, tailCall :Bool) -> Result;
  loopback @3 (thing :Thing) -> (thing :Thing);
  waitForever @4 () $Cxx.allowCancellation;

  interface Thing {
    passThrough @0 () -> Result;
    intercept @1 () -> Result;
  }

  struct Result {
    text @0 :Text;
  }
}

struct TestContainMembrane {
  cap @0 :TestMembrane.Thing;
  list @1 :List(TestMembrane.Thing);
}

struct TestTransferCap {
  list @0 :List(Element);

  struct Element {
    text @0 :Text;
    cap @1 :TestInterface;
  }
}

interface TestKeywordMethods {
  delete @0 ();
  class @1 ();
  void @2 ();
  return @3 ();
}

interface TestAuthenticatedBootstrap(VatId) {
  getCallerId @0 () -> (caller :VatId);
}

struct TestGenerics(Foo, Bar) {
  foo @0 :Foo;
  rev @1 :TestGenerics(Bar, Foo);

  union {
    uv @2 :Void;
    ug :group {
      ugfoo @3 :Int32;
    }
  }

  list @4 :List(Inner);

  struct Inner {
    foo @0 :Foo;
    bar @1 :Bar;
  }

  struct Inner2(Baz) {
    bar @0 :Bar;
    baz @1 :Baz;
    innerBound @2 :Inner;
    innerUnbound @3 :TestGenerics.Inner;
  }

  interface Interface(Qux) {
    call @0 Inner2(Text) -> (qux :Qux, gen :TestGenerics(TestAllTypes, TestAnyPointer));
  }
}

interface TestImplicitMethodParams {
  call @0 [T, U] (foo :T, bar :U) -> TestGenerics(T, U);
  # Returns what it was given.
}

struct TestSturdyRefHostId {
  # Names a vat of the simulated network.

  host @0 :Text;

  unique @1 :Bool = false;
  # Opens a new connection even if there is one already.
}

struct TestThirdPartyCompletion {
  token @0 :UInt64;
}

struct TestThirdPartyToAwait {
  token @0 :UInt64;
}

struct TestThirdPartyToContact {
  path @0 :TestSturdyRefHostId;
  token @1 :UInt64;

  sentBy @2 :Text;
  # Who sent this, so that a test sees whether it was forwarded by the rules or merely copied.
}

struct TestJoinResult {}
