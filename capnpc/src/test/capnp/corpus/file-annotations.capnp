@0xf6d6c181d19b2418;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("corpus::files");
struct S $Cxx.name("Other") { a @0 :Bool $Cxx.name("b"); }
