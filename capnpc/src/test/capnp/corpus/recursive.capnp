@0xde7b0aa90467d9c8;

struct A { b @0 :B; as @1 :List(A); }
struct B { a @0 :A; c @1 :C; }
interface C { go @0 (a :A) -> (c :C); }
