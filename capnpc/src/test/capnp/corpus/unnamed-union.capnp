@0xeea1bd092d4933fb;

struct U { before @0 :UInt8; union { a @1 :UInt16; b @2 :Text; c @3 :Void; d @4 :Bool; } after @5 :UInt8; }
