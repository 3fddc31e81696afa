@0xbff421adb3cb96a0;

using Two = import "cycle-two.capnp";
struct One { two @0 :Two.Two; self @1 :import "cycle-one.capnp".One; c @2 :Int32 = Two.k; }
const j :Int32 = 5;
