@0xd35e8acaa0b16362;

struct U {
  union {
    a :group { union { b @0 :UInt8; c @1 :UInt16; } d @2 :Bool; }
    e :union { f @3 :Text; g @4 :UInt32; h :group { i @5 :UInt64; j @6 :UInt8; } }
    k @7 :UInt64;
  }
}
