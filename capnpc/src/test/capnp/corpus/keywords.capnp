@0xd34429e73cf7ecbe;

struct K { struct @0 :Int32; enum @1 :Text; union @2 :Bool; interface @3 :Data; using @4 :Int8; import @5 :Int8; const @6 :Int8; annotation @7 :Int8; extends @8 :Int8; group @9 :Int8; embed @10 :Int8; void @11 :Int8; true @12 :Int8; inf @13 :Int8; stream @14 :Int8; g :group { union @15 :Bool; group @16 :Bool; } }
enum E { struct @0; using @1; void @2; true @3; nan @4; }
interface I { using @0 (); const @1 (); struct @2 () -> (); }
const e :E = void;
const f :List(E) = [true, nan, using];
