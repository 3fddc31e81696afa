@0x8b46b6d4188bd64e;

using T = Text; using L = List(T); using S = Struct.Inner; using U = S; using Up = .Struct; using I = Int32;
struct Struct { using Own = Inner; using Here = Struct; struct Inner { a @0 :I; b @1 :U; } x @0 :L; y @1 :Own; z @2 :Here.Own; w @3 :Up; v @4 :T = "v"; k @5 :I = 4; using lower = .constant; m @6 :Int32 = Here.lower; }
const constant :I = 3;
