@0xc7bd711bc603807c;

struct A { u :union { a @0 :Bool; b @5 :UInt16; c @2 :Text; } x @1 :UInt64; v :union { d @3 :UInt8; e @6 :Bool; } y @4 :UInt32; }
