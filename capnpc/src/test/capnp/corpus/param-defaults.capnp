@0xd8d3a01a119cab8a;

struct S { a @0 :Int32; }
interface I {
  m @0 (a :Int32 = 5, b :Text = "x", c :S = (a = 1), d :List(Bool) = [true], e :Text = null, f :S = null, g :List(Int8) = null, h :AnyPointer = null, i :I = null, j :Data = null, k :Bool = true)
    -> (r :Float64 = 1.5, s :Text = null);
}
