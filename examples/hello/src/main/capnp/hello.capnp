@0xd1a5e7c2b8f04963;

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.examples.hello");

interface Hello {
  greet @0 (name :Text) -> (text :Text);
}
