@0xd42e27e11c72f29e;

struct Retro { a @0 :UInt32; u @2! :union { b @1 :Text; c @3 :UInt8; d @5 :Void; } e @4 :UInt16; }
struct First { u @1! :union { b @0 :Text; c @2 :UInt8; } x @3 :Text; v @4! :union { d @5 :Bool; e @6 :UInt64; } }
