@0xa93fc509624c72db;
annotation note @0x8f79a83ea3d25a9e (struct, field) :Text;
struct S $note("s") { a @0 :Int8 = -128; b @1 :Float64 = 1.5e-3; c @2 :Data = 0x"de ad"; d @3 :List(Int8) = [1, 2];
  e @4 :S = (a = 5, d = .k); f @5 :AnyPointer; g @6 :List(List(Text)) = [["a\n\x41"], []]; }
const k :List(Int8) = [3, -0x7f, 017]; const s :S = (a = 1, g = [["z"]]); const t :Text = `raw
; const v :Void = void; # done
