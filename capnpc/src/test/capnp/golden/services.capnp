# Interfaces: inheritance, streaming, cancellation, pipelining.

@0xb7c1d2f05a3e4904;

using Cxx = import "/capnp/c++.capnp";
using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.capnpc.golden.services");

interface Node {
  # Something in a tree.

  name @0 () -> (name :Text);

  watch @1 (watcher :Watcher) -> (handle :Handle) $Cxx.allowCancellation;
  # Tells the watcher about changes until the handle is closed.
}

interface Handle {}

interface Watcher {
  changed @0 (what :Text);
}

interface Closeable {
  shut @0 ();
}

interface Folder extends(Node) {
  list @0 () -> (entries :List(Entry));
  open @1 (path :Text) -> Place;
  # Finds a node.

  struct Entry {
    name @0 :Text;
    node @1 :Node;
  }

  struct Place {
    node @0 :Node;
    entry @1 :Entry;
    extra :group {
      any @2 :AnyPointer;
      cap @3 :Capability;
    }
    text @4 :Text;
    union {
      nothing @5 :Void;
      folder @6 :Folder;
    }
  }
}

interface File extends(Node, Closeable) $Cxx.allowCancellation {
  write @0 (bytes :Data) -> stream;
  truncate @1 (size :UInt64) -> stream;
  done @2 () -> (size :UInt64);
}

interface Archive extends(Folder, File) {
  # Is a node in two ways, and one object.
}

interface Titled {
  name @0 () -> (title :Text);
}

interface Book extends(Node, Titled) {
  # Java cannot inherit two methods of one name: a server leads to the object that answers for the second parent.
}
