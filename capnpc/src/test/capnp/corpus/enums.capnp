@0x92ff62cc34e02992;

enum Color { red @0; green @1; blue @2; }
enum Single { only @0; }
enum None {}
struct S { c @0 :Color; d @1 :Color = blue; e @2 :List(Color) = [green]; u @3 :UInt8; f @4 :Color = green; }
const favourite :Color = green;
