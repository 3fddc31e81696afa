@0xb65a7fc8fd9e23d1;

struct Text { a @0 :UInt8; }
struct S { t @0 :Text; u @1 :Data; struct Data { b @0 :Bool; } l @2 :List(Text); struct S { c @0 :S; } s @3 :S; v @4 : .S; }
