@0xfb65d36c34e5f073;

struct B { union { a @0 :Bool; b :group { c @1 :Bool; d @2 :Bool; e @3 :UInt8; f @4 :Bool; } g :group { h @5 :UInt8; i @6 :Bool; j @7 :UInt16; } } }
