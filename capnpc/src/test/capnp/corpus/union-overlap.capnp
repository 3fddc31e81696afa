@0xf7a48149bf75a80e;

struct U {
  union { a @0 :UInt8; b @1 :UInt64; c @2 :UInt32; g :group { d @3 :UInt16; e @4 :UInt16; f @5 :UInt32; h @6 :UInt64; i @7 :Bool; } }
  x @8 :UInt8; y @9 :UInt16;
}
