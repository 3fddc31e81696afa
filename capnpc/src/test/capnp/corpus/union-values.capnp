@0xe2a622f79ea4c95d;

struct U {
  a @0 :UInt8;
  union { b @1 :UInt16; c @2 :Text; d :group { e @3 :Int32 = 5; f @4 :Text; } g :union { h @5 :Bool = true; i @6 :Void; } }
  j :group { k @7 :UInt64; union { l @8 :Float32; m @9 :Data; } }
}
const one :U = (b = 7);
const two :U = (c = "x", a = 1);
const three :U = (d = (e = 6, f = "y"));
const four :U = (g = (i = void));
const five :U = (g = (h = false), j = (k = 1, m = "d"));
const six :U = (j = (l = 1.5));
const last :U = (b = 1, c = "wins");
const fifth :List(U) = [(d = ()), (g = ())];
