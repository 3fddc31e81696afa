@0xc6d7cdba1d0f6acc;

struct Any { a @0 :AnyPointer; b @1 :AnyStruct; c @2 :AnyList; d @3 :Capability; e @4 :List(AnyList); f @5 :List(Capability); }
interface I { m @0 (a :AnyPointer, b :Capability, c :AnyStruct) -> (d :AnyList); }
