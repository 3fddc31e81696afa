@0xb2587c1fdc2edf90;

struct Defaults {
  a @0 :Bool = true; b @1 :Int8 = -128; c @2 :Int16 = -32768; d @3 :Int32 = -2147483648;
  e @4 :Int64 = -9223372036854775808; f @5 :UInt8 = 255; g @6 :UInt16 = 65535; h @7 :UInt32 = 4294967295;
  i @8 :UInt64 = 18446744073709551615; j @9 :Float32 = 1.5; k @10 :Float64 = -1e-300; l @11 :Text = "text";
  m @12 :Data = "data"; n @13 :Data = 0x"00 ff 7f"; o @14 :Bool = false; p @15 :Void = void; q @16 :Int32 = 0;
  r @17 :Text = "";
}
