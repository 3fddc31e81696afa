@0xb8463bccf9813b06;

enum C { r @0; g @1; b @2; }
struct S { c @0 :C = b; d @1 :Bool = true; e @2 :Float32 = 1.5; f @3 :UInt64 = 0xff; }
const same :S = (c = b, d = true, e = 1.5, f = 0xff);
const other :S = (c = r, d = false, e = -1.5, f = 1);
const list :List(S) = [(c = g), (d = false)];
