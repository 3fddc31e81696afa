@0x9318d92811112d48;

struct WithId @0xabcdefabcdef0001 { a @0 :Inner; struct Inner @0xabcdefabcdef0002 { b @0 :Bool; } struct Derived { g :group { x @0 :Bool; } } }
enum E @0xabcdefabcdef0003 { a @0; }
interface I @0xabcdefabcdef0004 { m @0 (); n @1 (a :Text) -> (b :Text); }
const c @0xabcdefabcdef0005 :Int32 = 1;
annotation d @0xabcdefabcdef0006 (struct) :Void;
