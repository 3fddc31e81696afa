@0xcb1d6f1e5b29c422;

const base :Int32 = 42;
const same :Int32 = .base;
const wider :Int64 = .same;
const float :Float64 = .base;
const text :Text = "t";
const texts :List(Text) = [.text, "u", .text];
struct Scope { const inner :UInt8 = 9; x @0 :UInt8 = .Scope.inner; y @1 :UInt16 = .Scope.inner; const list :List(Scope) = [(x = .Scope.inner)]; const whole :Scope = (x = 1); }
const fromInside :UInt8 = .Scope.inner;
const listAgain :List(Scope) = Scope.list;
const any :AnyPointer = .listAgain;
const anyStruct :AnyPointer = Scope.whole;
struct More { a @0 :AnyPointer = .texts; }
using Renamed = Scope;
const throughAlias :UInt8 = Renamed.inner;
const imported :Text = import "sub/leaf.capnp".greeting;
