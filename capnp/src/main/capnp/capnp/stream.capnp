# The marker behind `-> stream`.

@0x86c366a91393f3f8;

$import "/capnp/c++.capnp".namespace("capnp");
$import "/capnp/java.capnp".package("dev.capstan.capnp.stream");

struct StreamResult @0x995f9a3377c0b16e {
  # The result of every method that is declared `-> stream`. It is empty and nothing on the wire tells it from any other
  # empty struct: it only tells generators that the caller wants flow control instead of an answer.
}
