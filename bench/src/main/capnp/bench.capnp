@0xf618cf962f78398e;
# Benchmark contract shared by every implementation under test.

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.bench.schema");

interface Bench {
  echo      @0 (data :Data) -> (data :Data);
  add       @1 (a :Int64, b :Int64) -> (c :Int64);
  getNode   @2 () -> (node :Node);            # a fresh capability each call
  openSink  @3 () -> (sink :Sink);
  callMe    @4 (cb :Callback, times :UInt32) -> (sum :Int64);   # server calls cb that often, one after another
  liveNodes @5 () -> (count :Int64);          # Node objects alive in the server (leak check)
}

interface Node {
  getNext @0 () -> (node :Node);
  depth   @1 () -> (value :UInt32);
}

interface Sink {
  write @0 (chunk :Data) -> stream;
  done  @1 () -> (bytes :UInt64, chunks :UInt64);
}

interface Callback {
  call @0 (n :Int64) -> (m :Int64);
}
