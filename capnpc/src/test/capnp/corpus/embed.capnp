@0xb92b358cac5d5c51;

const text :Text = embed "sub/data.txt";
const data :Data = embed "sub/data.txt";
struct S { a @0 :Text = embed "sub/data.txt"; b @1 :Data = embed "sub/data.txt"; c @2 :Point = embed "sub/point.bin"; }
struct Point { x @0 :Int32; name @1 :Text; next @2 :Point; }
const point :Point = embed "sub/point.bin";
const points :List(Point) = [embed "sub/point.bin", (x = 9), .point];
