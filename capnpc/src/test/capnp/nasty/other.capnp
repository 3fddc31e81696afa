@0xe1a4c0a7f5b3d203;

$import "/capnp/java.capnp".package("nasty.shared");

using Top = import "toplevel.capnp";

struct Exception {
  string @0 :Top.String;
  consumer @1 :Top.Consumer;
  union {
    a @2 :Float64 = nan;
    b @3 :Float32 = -inf;
    c @4 :Void;
  }
}

struct StructBuilder {
  reader @0 :Top.StructReader;
  data @1 :Data;
}

struct OtherConstants {}

const other :UInt64 = 0xffffffffffffffff;
