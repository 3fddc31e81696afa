@0x895ae45e31e69d4f;

interface A { a @0 (); }
interface B extends(A) { b @0 (); }
interface C extends(A) { c @0 (); }
interface D extends(B, C) { d @0 (x :A) -> (y :D); }
interface E extends(D, import "sub/leaf.capnp".Leaf) {}
