# The schema as it was released last. The goal breaking compares with it.

@0xcb8f5a3f9d7e2146;

using Java = import "/capnp/java.capnp";
$Java.package("org.example.notes");

struct Note {
  title @0 :Text;
  text @1 :Text;
}

struct Notebook {
  owner @0 :Text;
  notes @1 :List(Note);
}
