# What rpc.capnp leaves to the network, for a network of exactly two vats that share one byte stream.

@0xa184c7885cdaf2a1;

$import "/capnp/c++.capnp".namespace("capnp::rpc::twoparty");
$import "/capnp/java.capnp".package("dev.capstan.capnp.rpc.protocol");

enum Side {
  # One of the two ends of a connection.

  server @0;
  # The end that accepted it, or supervises the other.

  client @1;
  # The end that opened it.
}

struct VatId {
  # Names a vat: with two of them, the side is enough.

  side @0 :Side;
}

struct ThirdPartyCompletion {
  # Never sent: two vats have nobody to introduce to each other.

  joinId @0 :UInt32;
}

struct ThirdPartyToAwait {
  # Never sent: two vats have nobody to introduce to each other.
}

struct ThirdPartyToContact {
  # Never sent: two vats have nobody to introduce to each other.
}

struct JoinKeyPart {
  # Ties together the Join messages of one join. The sender sends all parts of it to the same peer.

  joinId @0 :UInt32;
  # Chosen by the sender; free again when all parts are finished.

  partCount @1 :UInt16;
  # How many capabilities are joined.

  partNum @2 :UInt16;
  # Which of them this part is about, from 0.
}

struct JoinResult {
  joinId @0 :UInt32;
  # As in `JoinKeyPart`.

  succeeded @1 :Bool;
  # The same in every result of one join.

  cap @2 :Capability;
  # The joined capability; set in exactly one of the results.
}
