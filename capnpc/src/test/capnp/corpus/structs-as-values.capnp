@0xf075d04467b5fbbf;

struct Point { x @0 :Int32; y @1 :Int32 = 7; label @2 :Text; inner @3 :Point; }
const origin :Point = ();
const named :Point = (x = 1, y = 2, label = "p");
const nested :Point = (inner = (inner = (x = -1), label = "mid"), y = 7);
struct Holder { p @0 :Point = (x = 3); q @1 :List(Point) = [(x = 1), (y = 2), ()]; r @2 :Point = .nested; s @3 :Point; }
