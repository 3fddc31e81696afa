@0xf684e2a489de2805;

struct Box(T) { t @0 :T; n @1 :Int32 = 3; list @2 :List(Box(T)); g :group { u @3 :T; } }
const text :Box(Text) = (t = "x", list = [(t = "a")], g = (u = "u"));
const nested :Box(Box(Text)) = (t = (t = "y", n = 4));
const lists :Box(List(UInt8)) = (t = [1, 2]);
const again :Box(Box(Text)) = (t = .text);
struct S { b @0 :Box(Data) = (t = "data", n = 9); c @1 :List(Box(Text)) = [(t = "1"), .text]; }
using T = Box(Text);
const alias :T = (t = "z");
const both :List(T) = [.alias, .text];
