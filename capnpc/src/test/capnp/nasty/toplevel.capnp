# Top-level types that hide what generated code of the same package imports, and refer to those of another file of the package.

@0xe1a4c0a7f5b3d202;

$import "/capnp/java.capnp".package("nasty.shared");

using Other = import "other.capnp";

struct String {
  value @0 :Text = "java.lang.String is hidden here";
  other @1 :Other.Exception;
}

struct Void {}
struct Override {}
struct Promise {}

enum Integer {
  one @0;
}

struct StructReader {
  builder @0 :Other.StructBuilder;
  integers @1 :List(Integer);
  string @2 :String;
}

interface Consumer {
  accept @0 (string :String, void :Void, promise :Promise) -> (exception :Other.Exception);
  each @1 (x :Text) -> stream;
}

const text :Text = "a";
const string :String = (value = "b");
const nan :Float32 = nan;
