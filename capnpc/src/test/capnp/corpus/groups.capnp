@0xe2d120a2b0c51d6a;

struct G {
  a @0 :UInt8;
  g :group { b @1 :UInt8; c @3 :Text; inner :group { d @2 :UInt32; e @5 :Bool; } }
  f @4 :Bool;
}
