@0xa93fc509624c72da;
using Cxx = import "/capnp/c++.capnp"; $Cxx.namespace("a::b");
interface Base(T) { get @0 () -> (value :T); }
interface Node extends(Base(Text)) { put @0 [U] (key :Data, value :U) -> stream; sub @1 (n :Node = null); }
