@0xdf005596be6ed254;

using Leaf = import "sub/leaf.capnp";
using Cxx = import "/capnp/c++.capnp";
struct S { a @0 :Bool; }
