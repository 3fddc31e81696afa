# Capabilities that outlive the connection they came by.

@0xb8630836983feed7;

$import "/capnp/c++.capnp".namespace("capnp");
$import "/capnp/java.capnp".package("dev.capstan.capnp.persistent");

interface Persistent @0xc8cb212fcd9f5691 (SturdyRef, Owner) {
  # A capability that can be written down and found again over a later connection. What a sturdy reference looks like, and
  # how to turn one back into a capability, is a matter of the network in which it is used: there is no method to restore.

  save @0 SaveParams -> SaveResults;
  # Makes a sturdy reference to this capability.

  struct SaveParams {
    sealFor @0 :Owner;
    # Who alone may restore the reference. Whether null (anybody) is allowed is up to the network.
  }

  struct SaveResults {
    sturdyRef @0 :SturdyRef;
    # The reference; a value that may be stored.
  }
}

annotation persistent (interface, field) :Void;
# Every capability of this interface, or in this field, can be saved.
