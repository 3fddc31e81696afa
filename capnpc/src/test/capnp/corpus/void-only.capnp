@0x91abef07460f7733;

struct Nothing { a @0 :Void; b @1 :Void; }
struct Empty {}
