@0xec76cb8b2a85614c;

struct Outer {
  struct Inner { enum E { a @0; b @1; } struct Leaf { up @0 :Outer; mid @1 :Inner; e @2 :E; } leaf @0 :Leaf; }
  interface I { get @0 () -> (inner :Inner); }
  inner @0 :Inner; leaf @1 :Inner.Leaf; e @2 :Inner.E = b; i @3 :I; const k :Inner.E = a;
}
struct Sibling { a @0 :Outer.Inner.Leaf; b @1 : .Outer.Inner; }
