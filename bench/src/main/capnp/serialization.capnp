@0xb3d1c4a0d2f7e615;
# What the serialization benchmark sends about: three workloads in the shapes and sizes that Cap'n Proto is traditionally measured with, so that figures
# can be compared. bench/peers/cpp/serialization.c++ builds the same messages from the same numbers.

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.bench.serialization.schema");

# Car sales: small structs with many small fields.

struct Lot {
  cars @0 :List(Car);
}

struct Value {
  amount @0 :UInt64;
}

struct Car {
  make @0 :Text;
  model @1 :Text;
  paint @2 :Paint;
  seats @3 :UInt8;
  doors @4 :UInt8;
  wheels @5 :List(Wheel);
  length @6 :UInt16;
  width @7 :UInt16;
  height @8 :UInt16;
  weight @9 :UInt32;
  engine @10 :Engine;
  tankSize @11 :Float32;
  tankLevel @12 :Float32;
  powerWindows @13 :Bool;
  powerSteering @14 :Bool;
  cruiseControl @15 :Bool;
  cupHolders @16 :UInt8;
  navigation @17 :Bool;
}

enum Paint {
  black @0;
  white @1;
  red @2;
  green @3;
  blue @4;
  cyan @5;
  magenta @6;
  yellow @7;
  silver @8;
}

struct Wheel {
  diameter @0 :UInt16;
  pressure @1 :Float32;
  snowTire @2 :Bool;
}

struct Engine {
  power @0 :UInt16;
  cylinders @1 :UInt8;
  displacement @2 :UInt32;
  burnsFuel @3 :Bool;
  electric @4 :Bool;
}

# Cat rank: mostly text.

struct Findings {
  list @0 :List(Finding);
}

struct Finding {
  url @0 :Text;
  score @1 :Float64;
  snippet @2 :Text;
}

# Evaluation of expressions: a tree of pointers.

enum Operator {
  plus @0;
  minus @1;
  times @2;
  over @3;
  modulo @4;
}

struct Expression {
  operator @0 :Operator;
  left :union {
    number @1 :Int32;
    nested @2 :Expression;
  }
  right :union {
    number @3 :Int32;
    nested @4 :Expression;
  }
}

struct Outcome {
  number @0 :Int32;
}
