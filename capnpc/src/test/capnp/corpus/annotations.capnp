@0xbd1c00bd1710ed62;

annotation onFile(file) :Text;
annotation onStruct(struct) :Int32;
annotation onAll(*) :Text;
annotation flag(field, struct, enum) :Void;
annotation onEnumerant(enumerant) :E;
annotation onUnion(union, group) :Bool;
annotation onMethod(method, param, interface) :V;
struct V { a @0 :Int32; b @1 :Bool; c @2 :Text; }
annotation onConst(const, annotation) :List(Int16);
annotation onAnnotation(annotation) :Data $onConst([1]);
annotation float(field) :Float32;
annotation any(struct) :AnyPointer;
$onFile("file");
$onAll("all");
struct S $onStruct(5) $onAll("s") $flag { a @0 :Int32 $flag $onAll("f") $float(1); u :union $onUnion(true) { b @1 :Bool $flag; c @2 :Text; } g :group $onUnion(false) $onAll("g") { d @3 :Bool $onAll("d"); } }
enum E $onAll("e") $flag { x @0; y @1 $onAll("y"); }
enum F { x @0 $onEnumerant(y); y @1 $onEnumerant(x) $onAll("y"); }
interface I $onMethod((a = 1)) $onAll("i") { m @0 (p :Int32 $onMethod(a = 2, c = "c")) -> (r :Text $onAll("r")) $onMethod((b = true)); }
const c :Int32 = 3 $onConst([1, 2]) $onAll("c");
annotation z(struct) :Text $onAnnotation("data") $onAll("z");
const k :S = (a = 1);
struct W $any(.k) { a @0 :Bool; }
