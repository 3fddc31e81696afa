@0xa4fec94f0cc3cc93;

interface Empty {}
interface Simple { none @0 (); one @1 (a :Int32) -> (b :Text); two @2 (a :Bool, b :List(Text) = ["x"]) -> (); three @3 (a :Simple) -> (s :Simple, e :Empty); }
