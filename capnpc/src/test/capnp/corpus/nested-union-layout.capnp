@0x8875222f9303e2bc;

struct N {
  union {
    a :group { x @0 :UInt8; y @2 :UInt32; u :union { p @4 :UInt16; q @6 :UInt64; } }
    b :group { z @1 :UInt16; w @3 :Text; v :union { r @5 :Bool; s @7 :UInt8; t @8 :List(Text); } }
  }
  end @9 :UInt16;
}
