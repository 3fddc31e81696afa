# A Peer that streams: what the tests of the gateway ask of the C++ server besides the probe.
@0xb7d3e90c5a2f1684;

using Peer = import "/probe.capnp".Peer;

interface Source {
  pumpTo @0 (to :Sink) -> ();
  # Writes everything and ends `to`; returns when that has been done. As fast as `to` takes it.
}

interface Sink {
  write @0 (chunk :Data) -> stream;
  end @1 () -> ();
}

interface Streams {
  # Counts belong to the process, as those of the probe.

  source @0 (chunks :UInt32, chunkBytes :UInt32) -> (content :Source);
  # Each byte of a chunk is the low byte of the chunk's number.

  sink @1 (pause :Bool) -> (content :Sink);
  # Reads and forgets. With `pause` it takes nothing until resume().

  resume @2 () -> ();
  # Lets all sinks that pause take what they are given.

  streamed @3 () -> (sent :UInt64, received :UInt64, ended :UInt32, live :UInt32);
  # Bytes that sources have written, and sinks taken; how many sinks were ended, and how many sources and sinks have not been released.
}

interface StreamingPeer extends(Peer, Streams) {
  # The bootstrap object of the C++ server.
}
