@0xf0e45bd93c76983d;

interface A(T) { struct P(U) { t @0 :T; u @1 :U; } a @0 P(Text) -> P(Data); b @1 A(Data).P(T) -> P; c @2 (p :P(T)) -> (); }
interface B { d @0 A(Text).P(Data) -> A.P; }
