# Type parameters everywhere.

@0xe1a4c0a7f5b3d206;

$import "/capnp/java.capnp".package("nasty.generics");

using Inheritance = import "inheritance.capnp";

struct Map(Key, Value) {
  entries @0 :List(Entry);

  struct Entry {
    key @0 :Key;
    value @1 :Value;
    map @2 :Map(Value, Key);
    owner @3 :Map;
  }

  group :group {
    key @1 :Key;
    union {
      value @2 :Value;
      nested :group {
        values @3 :Map(Value, Key);
        box @4 :Inheritance.Box(Value);
        count @5 :UInt32;
      }
    }
  }
  cap @6 :Inheritance.Sorted(Key, Map(Value, Value));
  struct @7 :Map(Map(Key, Value), List(Entry));
  text @8 :Text;
  any @9 :AnyPointer;
}

struct Shadow(T) {
  # Type variables that are called like types.

  struct TB {}
  struct TR {}
  struct Inner(T) {
    t @0 :T;
    tb @1 :TB;
    tr @2 :TR;
  }
  t @0 :T;
  tb @1 :TB;
  inner @2 :Inner(Text);
  bound @3 :Inner(T);
}

struct Factory(Factory) {
  factory @0 :Factory;
  type @1 :Type;
  struct Type {
    int @0 :Factory;
  }
}

struct KeywordParameters(Int, Class, Type, Data, Text, String) {
  a @0 :Int;
  b @1 :Class;
  c @2 :Type;
  d @3 :Data;
  e @4 :Text;
  f @5 :String;
}

struct Uses {
  texts @0 :Map(Text, Text);
  lists @1 :Map(List(Text), List(List(UInt64)));
  enums @2 :Map(List(Inheritance.Sorted.Entry.Order), Data);
  caps @3 :Map(Inheritance.Base, Inheritance.Box(Text));
  unbound @4 :Map;
  half @5 :Map(Uses, AnyPointer).Entry;
  any @6 :Map(AnyPointer, Text);
  capList @7 :List(Inheritance.Box(Uses));
  structList @8 :List(Map(Text, Uses));
  withDefault @9 :Map(Text, Data) = (text = "default", entries = [(key = "k", value = "v")]);
  capListList @10 :List(List(Inheritance.Base));
  capabilities @11 :List(Capability);
}

const map :Map(Text, Uses) = (entries = [(key = "a", value = (texts = (text = "b")))]);
const list :List(Map(Text, Text)) = [(text = "c")];

interface Service(A) {
  simple @0 (a :A) -> (a :A);
  own @1 [B, C] (a :A, b :B, cs :C) -> Map(A, B);
  structs @2 Map(A, Text) -> Map(Text, A).Entry;
  nothing @3 [B] () -> (b :Service(B));
  stream @4 [B] (b :B) -> stream;
  explicit @5 Params -> Params;

  struct Params {
    a @0 :A;
    service @1 :Service(Params);
  }

  interface Part(D) {
    both @0 (a :A, d :D) -> (part :Part(A), parts :List(Part(D)));
  }
}

interface Concrete extends(Service(Text)) {
  call @0 Map(Text, Data) -> (map :Map(Text, Data));
}

interface Unbound extends(Service) {}
