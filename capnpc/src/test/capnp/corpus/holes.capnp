@0xfaf87c2b49ccd85c;

struct Holes {
  a @0 :Bool; b @1 :UInt64; c @2 :UInt32; d @3 :UInt8; e @4 :UInt16; f @5 :Bool; g @6 :UInt8;
  h @7 :Bool; i @8 :UInt32; j @9 :Bool; k @10 :UInt16; l @11 :UInt16; m @12 :UInt8; n @13 :UInt64;
}
