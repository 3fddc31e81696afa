@0xce1a350a67129908;

struct Outer(T) {
  inner @0 :Inner; innerText @1 :Inner(Text); struct Inner(U) { t @0 :T; u @1 :U; outer @2 :Outer(U); same @3 :Outer(T); me @4 :Inner(U); }
  struct Plain { t @0 :T; list @1 :List(Plain); p @2 :Plain; }
  plain @2 :Plain; other @3 :Outer(Text).Plain; deep @4 :Outer(Data).Inner(T);
  interface I(V) { get @0 (t :T, v :V) -> (p :Plain, i :Inner(V)); }
  enum E { a @0; } e @5 :E; f @6 :Outer(Text).E; i @7 :I(Text); g :group { h @8 :T; union { j @9 :T; k @10 :Inner(T); } }
}
struct User { a @0 :Outer(Text).Inner(Data); b @1 :Outer.Inner; c @2 :Outer(Text).Inner; d @3 :Outer.Inner(Text); e @4 :Outer.Plain; f @5 :Outer(Text).I(Data); g @6 :Outer.E; h @7 :Outer(List(Text)).E; }
