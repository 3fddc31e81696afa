# Type parameters of structs, interfaces and methods.

@0xb7c1d2f05a3e4903;

$import "/capnp/java.capnp".package("dev.capstan.capnpc.golden.generics");

struct Map(Key, Value) {
  # A list of pairs.

  entries @0 :List(Entry);

  struct Entry {
    key @0 :Key;
    value @1 :Value;
  }

  union {
    unsorted @1 :Void;
    sorted :group {
      first @2 :Key;
      reverse @3 :Map(Value, Key);
    }
  }
}

interface Store(T) {
  # Keeps values.

  put @0 (key :Text, value :T) -> (old :T);
  get @1 (key :Text) -> (value :T, store :Store(T));

  convert @2 [U] (value :T, prototype :U) -> Map(T, U);
  # Its result depends on what the caller asks for.
}

interface TextStore extends(Store(Text)) {
  size @0 () -> (size :UInt32);
}

struct Uses {
  textToUse @0 :Map(Text, Uses);
  numbers @1 :Map(Text, List(Int32)) = (entries = [(key = "one", value = [1])]);
  stores @2 :List(Store(Uses));
  unbound @3 :Map;
  entry @4 :Map(Text, Text).Entry;
}
