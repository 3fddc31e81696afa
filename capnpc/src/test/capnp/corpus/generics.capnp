@0xbda90dfb39587ff4;

struct Box(T) { value @0 :T; list @1 :List(Box(T)); box @2 :Box(T); text @3 :Box(Text); boxes @4 :List(Box(Box(T))); }
struct Pair(A, B) { a @0 :A; b @1 :B; swapped @2 :Pair(B, A); unbound @3 :Pair; nested @4 :Pair(Box(A), List(Pair(B, A))); }
struct Use { a @0 :Box(Text); b @1 :Pair(Data, Box(Use)); c @2 :Box; d @3 :Box(List(UInt8)); e @4 :List(Pair(Text, AnyPointer)); f @5 :Box(I); g @6 :Box(List(List(Text))); }
interface I {}
