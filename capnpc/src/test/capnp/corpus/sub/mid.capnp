@0x8fb97a07484eb479;

struct Mid { tree @0 :import "leaf.capnp".Tree; up @1 :import "../groups.capnp".G; abs @2 :import "leaf.capnp".Leaf; }
