@0xff40200833a62397;

struct P { a @0 :Int32; }
struct R { b @0 :Text; }
interface M { x @0 P -> R; y @1 P -> (z :R); w @2 (v :P) -> R; u @3 P; t @4 M.Own -> Own; struct Own { o @0 :Bool; } }
