@0xe0174e9416db940f;

struct V { union { a @0 :Void; b @1 :Void; } w :union { c @2 :Void; d @3 :Void; e @4 :Text; } }
