@0xf00228cb276cd01a;

struct Scope(T) { annotation note(struct, field) :T; annotation boxed(struct) :Scope(T); t @0 :T; }
struct A $Scope(Text).note("x") { a @0 :Bool $Scope(List(Int8)).note([1, 2]); }
struct B $Scope(Text).boxed(t = "y") {}
