# What the interop tests ask of a peer, besides the calculator.
#
# Counts belong to the process that serves the probe. They are shared by all its connections, so a test takes differences.
@0x953ab5df1e615804;

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.interop.schema");

using Calculator = import "/calculator.capnp".Calculator;

enum FailureKind {
  failed @0;
  overloaded @1;
  disconnected @2;
  unimplemented @3;
}

interface Probe {
  hold @0 (cancellable :Bool) -> (node :Node);
  # Stays pending until letGo(), or until the caller cancels it. With `cancellable` false the call runs on when it is cancelled, and still
  # counts as pending. The node is a new one, of depth 0.

  letGo @1 () -> (count :UInt32);
  # Lets all calls to hold() that are pending return, and says how many they were.

  holdCounts @2 () -> (pending :UInt32, cancelled :UInt32, completed :UInt32);
  # How many calls to hold() are pending now, were cancelled, were let go.

  fail @3 (kind :FailureKind, reason :Text) -> ();
  # Fails with exactly this kind and reason.

  newToken @4 (id :UInt64) -> (token :Token);
  # A new object.

  liveTokens @5 () -> (count :UInt32);
  # How many of the objects made by newToken() have not been released.

  echo @6 (callback :Callback) -> (callback :Callback);
  # Gives the capability back. The caller's own object comes home as itself.

  keep @7 (token :Token) -> ();
  # Keeps the capability after the call has returned.

  readKept @8 () -> (ids :List(UInt64));
  # Asks each kept token for its id.

  dropKept @9 () -> (count :UInt32);
  # Releases the kept tokens, and says how many they were.

  callBack @10 (callback :Callback, times :UInt32) -> (sum :Int64);
  # Calls the callback with 0 .. times - 1, one call after another, and adds up the answers. A failure of the callback is the failure of
  # this call. When this call is cancelled, so is the callback.

  getNode @11 () -> (node :Node);
  # A new node of depth 0.

  die @12 () -> ();
  # Ends the process at once, with this call and all others unanswered.
}

interface Token {
  id @0 () -> (id :UInt64);
}

interface Node {
  next @0 () -> (node :Node);
  # A new node, one deeper.

  depth @1 () -> (depth :UInt32);
}

interface Callback {
  call @0 (n :Int64) -> (m :Int64);
}

interface Peer extends(Calculator, Probe) {
  # The bootstrap object of a peer: both in one.
}
