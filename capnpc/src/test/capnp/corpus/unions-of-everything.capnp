@0xcb7bccb703f759da;

struct U { union { v @0 :Void; b @1 :Bool; i8 @2 :Int8; i64 @3 :Int64; f @4 :Float32; t @5 :Text; d @6 :Data; l @7 :List(U); s @8 :U; i @9 :I; a @10 :AnyPointer; e @11 :E = y; g :group { x @12 :U; y @13 :Text; z @14 :Bool; } } }
interface I {}
enum E { x @0; y @1; }
