@0x9ff19b8e8b0d0848;

struct L { a @0 :List(Int32) = [1, 2, 3]; b @1 :List(List(Text)) = [["a"], ["b", "c"]]; c @2 :List(L) = [(a = [9])]; }
