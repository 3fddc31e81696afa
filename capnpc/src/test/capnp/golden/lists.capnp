# Lists of every kind.

@0xb7c1d2f05a3e4902;

$import "/capnp/java.capnp".package("dev.capstan.capnpc.golden.lists");

enum Suit {
  clubs @0;
  hearts @1;
}

interface Listener {
  heard @0 (text :Text);
}

struct Lists {
  voids @0 :List(Void);
  bools @1 :List(Bool);
  int8s @2 :List(Int8);
  int16s @3 :List(Int16);
  int32s @4 :List(Int32);
  int64s @5 :List(Int64);
  uint8s @6 :List(UInt8);
  uint16s @7 :List(UInt16);
  uint32s @8 :List(UInt32);
  uint64s @9 :List(UInt64);
  float32s @10 :List(Float32);
  float64s @11 :List(Float64);
  texts @12 :List(Text);
  datas @13 :List(Data);
  suits @14 :List(Suit);
  structs @15 :List(Lists);
  listeners @16 :List(Listener);
  capabilities @17 :List(Capability);
  matrix @18 :List(List(Int32));
  suitsOfHands @19 :List(List(Suit));
  textsOfStructs @20 :List(List(Lists));

  primes @21 :List(UInt16) = [2, 3, 5, 7];
  names @22 :List(Text) = ["ann", "bob"];
  hand @23 :List(Suit) = [hearts, clubs];
  defaults @24 :List(Lists) = [(texts = ["x"])];
}
