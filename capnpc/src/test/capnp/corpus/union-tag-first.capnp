@0xf26cd9c346c1d0e8;

struct F { union { a @1 :UInt8; b @2 :UInt8; } x @0 :UInt8; }
struct H { x @3 :UInt8; union { a @0 :Void; b @1 :Text; c @2 :UInt32; } }
