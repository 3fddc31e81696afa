@0xa93fc509624c72d9;
struct Person { id @0 :UInt32; name @1 :Text = "x"; phones @2 :List(Phone);
  struct Phone { number @0 :Text; type @1 :Type; enum Type { mobile @0; home @1; } }
  employment :union { unemployed @3 :Void; employer @4 :Text; school :group { a @5 :Bool; } } }
