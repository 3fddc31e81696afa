@0xfcbe9721aab50cee;

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.examples.shop");

interface Prices {
  price @0 (item :Text, traceparent :Text) -> (cents :Int64);
  # What one costs. Cap'n Proto's calls have no metadata: the trace that a call belongs to is a parameter, as the header of W3C has it.
}
