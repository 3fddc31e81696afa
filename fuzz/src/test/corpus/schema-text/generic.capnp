@0xa93fc509624c72dc; # a comment
struct Map(K, V) { entries @0 :List(Entry); struct Entry { key @0 :K; value @1 :V; } }
using M = Map(Text, Map(Data, .Use)); struct Use { m @0 :M; e @1 :Map(Text, Text).Entry; any @2 :AnyStruct; }
