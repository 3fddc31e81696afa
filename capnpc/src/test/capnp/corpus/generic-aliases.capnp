@0xf1e281ea56499456;

struct Map(K, V) { entries @0 :List(Entry); struct Entry { key @0 :K; value @1 :V; } using Key = K; using Own = Map(V, K); using Of = Entry; own @1 :Own; of @2 :Of; k @3 :Key; }
using TextMap = Map(Text, Text);
using Nested = Map(Text, TextMap);
using E = TextMap.Entry;
struct Use { a @0 :TextMap; b @1 :Nested; c @2 :E; d @3 :TextMap.Own; e @4 :Map(Data, TextMap).Key; f @5 :Nested.Of; g @6 :List(TextMap.Entry); h @7 :TextMap.Own.Entry; i @8 :Map.Own; j @9 :Map.Key; }
struct G(T) { using M = Map(T, Text); using L = List(M); m @0 :M; l @1 :L; e @2 :M.Entry; n @3 :G(Data).M; o @4 :G(Data).L; p @5 :G.M; }
