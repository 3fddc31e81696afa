@0xcff4566ef96fe988;

struct Box(T) { t @0 :T; }
interface F {
  id @0 [T] (t :T) -> (t :T);
  box @1 [T] (t :T) -> (b :Box(T));
  whole @2 [T] Box(T) -> Box(Box(T));
  two @3 [A, B] (a :A, b :List(Box(B))) -> (p :Box(A), f :F);
  half @4 [T] (t :Box(T)) -> Box(T);
}
interface G(T) { conv @0 [U] (t :T, u :U) -> (m :Box(U), n :Box(T), g :G(U)); same @1 [T] (t :T) -> (t :T); }
