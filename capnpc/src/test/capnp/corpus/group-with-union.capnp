@0xfe9af98f8835e60e;

struct W { g :group { a @0 :UInt8; union { b @1 :UInt16; c @2 :Text; } d @3 :UInt32; } h :group { union { e @4 :Bool; f @5 :Bool; } } }
