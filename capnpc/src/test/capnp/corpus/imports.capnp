@0x842e76b844d8dfe3;

using Leaf = import "sub/leaf.capnp";
using import "sub/leaf.capnp".Tree;
using Renamed = import "./sub/../sub/leaf.capnp".Tree;
using Mid = import "sub/mid.capnp".Mid;
struct S { a @0 :Leaf.Tree; b @1 :Tree; c @2 :Renamed; d @3 :import "sub/leaf.capnp".Tree; e @4 :Mid; f @5 :Leaf.Leaf; g @6 :List(Leaf.Tree.Kind); h @7 :import "/capnp/stream.capnp".StreamResult; }
