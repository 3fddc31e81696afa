@0xa7d0b1e94c3f5826;

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.examples.hello");

struct Note {
  text @0 :Text;
  urgency @1 :Urgency;
  tags @2 :List(Text);
  due :union {
    never @3 :Void;
    day @4 :UInt32;
  }
}

enum Urgency {
  low @0;
  high @1;
}
