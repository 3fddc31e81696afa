@0x9610e8e47b9c860d;

struct Wide { a @0 :UInt64; b @1 :UInt64; c @2 :UInt64; d @3 :Bool; e @4 :UInt64; f @5 :Text; g @6 :Data; h @7 :Text; i @8 :UInt8; j @9 :UInt16; k @10 :UInt32; }
