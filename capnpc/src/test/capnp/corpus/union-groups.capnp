@0xd8140e719e60e3c3;

struct Shape {
  area @0 :Float64;
  union {
    circle :group { radius @1 :Float64; }
    rectangle :group { width @2 :Float64; height @3 :Float64; name @6 :Text; }
    none @4 :Void;
    poly :group { points @5 :List(Float64); closed @7 :Bool; sides @8 :UInt8; more @9 :Data; }
  }
}
