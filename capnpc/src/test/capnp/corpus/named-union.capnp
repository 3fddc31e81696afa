@0x92f21785d88b7801;

struct U { u :union { a @0 :UInt16; b @1 :Text; } v :union { c @2 :UInt64; d @3 :Bool; } w @4 :UInt8; }
