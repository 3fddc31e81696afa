@0xfcbe9721aab50cee;

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.examples.shop");

interface Prices {
  price @0 (item :Text, correlationId :Text) -> (cents :Int64);
  # What one costs. Cap'n Proto's calls have no metadata: what is to be in the log lines of all services is a parameter.
}
