@0xd55bb1c80699deda;

using Leaf = import "sub/leaf.capnp";
using import "sub/leaf.capnp".note;
$Leaf.note("whole");
$note("again");
$import "sub/leaf.capnp".note("third");
struct S $Leaf.note("s") { a @0 :Bool $note("a"); b @1 :Text $Leaf.rich(name = "n", deep = (name = "m")); }
