@0xff3de968816da980;

struct L { a @0 :List(Void); b @1 :List(Bool); c @2 :List(Int64); d @3 :List(Data); e @4 :List(List(Bool)); f @5 :List(L); g @6 :List(I); h @7 :List(E); i @8 :List(List(List(I))); }
interface I {}
enum E { a @0; }
