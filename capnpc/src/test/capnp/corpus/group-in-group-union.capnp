@0x9a9a646a8ca4f48e;

struct M { a :group { b :group { union { c @0 :UInt8; d :group { e @1 :UInt8; f @2 :UInt8; } } g @3 :UInt16; } } h @4 :Bool; i :group { j @5 :Bool; } }
