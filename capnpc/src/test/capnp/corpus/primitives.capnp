@0xbe343aeebafcc380;

struct All {
  a @0 :Void; b @1 :Bool; c @2 :Int8; d @3 :Int16; e @4 :Int32; f @5 :Int64;
  g @6 :UInt8; h @7 :UInt16; i @8 :UInt32; j @9 :UInt64; k @10 :Float32; l @11 :Float64;
  m @12 :Text; n @13 :Data; o @14 :AnyPointer; p @15 :List(Text); q @16 :All;
}
