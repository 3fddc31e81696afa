@0x1; struct A { a @0 :B; b @0 :Text; c @2 :List(A, A) = (; enum é } import "none.capnp"; "unterminated
