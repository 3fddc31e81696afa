@0xeec059dcf243a0d5;

struct Mixed { last @3 :Text; first @0 :Bool; third @2 :UInt64; second @1 :UInt16; }
enum Scrambled { c @2; a @0; b @1; }
interface Turned { two @1 (); one @0 (); }
