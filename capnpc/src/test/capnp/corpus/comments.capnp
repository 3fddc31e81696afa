@0x82e0a6afdcb16af9;

# Before everything.
struct S {  # same line
  # next line
  a @0 :Bool;  # a
  # still a

  # nobody's
  b @1 :Bool;
  # b

  g :group {
    # g
    c @2 :Bool;   # c
  }
  union { # union
    d @3 :Void;
    e @4 :Void; # e
  } # late
}
enum E { a @0; # first
# second
}
struct Late { f @0 :Bool; } # late comment
interface I { m @0 (); # m
}
const k :Int32 = 1; # k
annotation n(*) :Void; #n
