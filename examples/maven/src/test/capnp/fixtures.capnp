@0xa4d17c0be9f28355;

using Java = import "/capnp/java.capnp";
using Notes = import "/notes.capnp";
$Java.package("org.example.notes");

const shopping :Notes.Notebook = (owner = "Ada", notes = [
  (title = "Shopping", text = "bread", tags = ["today", "home"]),
  (title = "Call", text = "Charles"),
]);
