@0x8bf9bbd632928f72;

interface Sink { write @0 (bytes :Data) -> stream; end @1 (); push @2 Chunk -> stream; struct Chunk { d @0 :Data; } }
