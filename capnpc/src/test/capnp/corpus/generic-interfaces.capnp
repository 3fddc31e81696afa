@0xbc5d00c225057b71;

interface Base(T) { get @0 () -> (t :T); put @1 (t :T) -> (); both @2 Box(T) -> Box(T); struct Box(U) { u @0 :U; } }
interface Sub(T) extends(Base(T)) { m @0 (b :Base(Text)) -> (s :Sub(T)); }
interface TextSub extends(Sub(Text), Base(Data)) {}
interface Unbound extends(Base) {}
struct S { a @0 :Sub(Text); b @1 :TextSub; c @2 :Base(List(S)); d @3 :Base(Text).Box(Data); }
