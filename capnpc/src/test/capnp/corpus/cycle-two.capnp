@0xa603fb51f35d2140;

using One = import "cycle-one.capnp";
struct Two { one @0 :One.One; }
const k :Int32 = One.j;
