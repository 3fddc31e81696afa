@0xff38684973f6db69;

struct Bools {
  a0 @0 :Bool; a1 @1 :Bool; a2 @2 :Bool; a3 @3 :Bool; a4 @4 :Bool; a5 @5 :Bool; a6 @6 :Bool; a7 @7 :Bool;
  a8 @8 :Bool; x @9 :UInt8; a9 @10 :Bool; y @11 :UInt32; a10 @12 :Bool; z @13 :UInt16; a11 @14 :Bool;
}
