@0x97b534c90524d61a;

using P = import "/capnp/persistent.capnp".Persistent;
interface Saved extends(P(Text, Data)) { m @0 () -> (p :P); }
interface Free extends(P) { n @0 (p :P(Saved, AnyPointer)) -> stream; }
struct S { p @0 :P(Text, List(Text)); r @1 :P.SaveResults; q @2 :P(Text, Text).SaveParams; }
