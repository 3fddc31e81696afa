# Interfaces that Java can hardly combine.

@0xe1a4c0a7f5b3d205;

$import "/capnp/java.capnp".package("nasty.inheritance");

interface Base {
  run @0 (x :Int32) -> (y :Int32);
  stop @1 ();
}

interface Left extends(Base) {
  left @0 ();
  run @1 (text :Text) -> stream;
  # The same name as in its parent.
}

interface Right extends(Base) {
  right @0 () -> stream;
}

interface Diamond extends(Left, Right) {
  run @0 ();
  both @1 ();
}

interface OtherRun {
  run @0 (data :Data);
}

interface Clash extends(Left, OtherRun) {
  # Two parents with methods of one name.
  clash @0 ();
}

interface DeepClash extends(Right, Clash) {}

interface Box(T) {
  put @0 (value :T);
  get @1 () -> (value :T);
  peers @2 () -> (peers :List(Box(T)));
}

interface TextBox extends(Box(Text)) {
  length @0 () -> (length :UInt64);
}

interface TwoBoxes extends(Box(Text), Box(Data)) {
  two @0 ();
}

interface ListBox(U) extends(Box(Box(U)), Base) {
  first @0 () -> (first :U);
}

interface NumberBox extends(ListBox(List(UInt16)), TextBox) {
  sum @0 () -> (sum :Float64);
}

interface Sorted(K, V) extends(Box(K)) {
  sort @0 (by :Box(V)) -> Sorted.Entry(Text);

  struct Entry(W) {
    key @0 :K;
    value @1 :V;
    extra @2 :W;
    sorted @3 :Sorted(V, K);

    enum Order {
      up @0;
      down @1;
    }
    order @4 :Order = down;
    orders @5 :List(Order);
  }
}

interface SortedText(V) extends(Sorted(Text, V), Right) {}

interface Shadow extends(Base) {
  base @0 ();
  asBase @1 ();
  runRequest @2 ();
  stopRequest @3 ();
}

interface ThreeBoxes extends(Box(Text), Box(Data), Box(Base)) {
  asBox @0 ();
}

interface MoreBoxes extends(ThreeBoxes, Box(AnyPointer)) {}
