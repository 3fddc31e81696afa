# A folder of files, read and written as streams that tell how far they are.
#
# What reads and what writes are interfaces of one method and an end, which other wires know as streams: Cap'n Web as ReadableStream and
# WritableStream.
@0xd5f0c3a96e1b7284;

using Java = import "/capnp/java.capnp";
$Java.package("dev.capstan.examples.files");

struct Entry {
  # A file.

  name @0 :Text;
  size @1 :UInt64;
  # In bytes.
}

interface Files {
  # A flat folder.

  list @0 () -> (entries :List(Entry));
  # All files, by name.

  read @1 (name :Text, offset :UInt64, length :UInt64 = 0xffffffffffffffff, progress :Progress) -> (content :Source, size :UInt64);
  # The bytes of a file from `offset` on, no more than `length` of them, and the size of the whole file. Fails if there is no such file, or
  # if it ends before `offset`. `progress` may be null.

  write @2 (name :Text, progress :Progress) -> (content :Sink);
  # A file of this name, which is there, in place of one that was, once the sink has ended. A sink that is dropped before that has written
  # nothing.

  remove @3 (name :Text) -> ();
  # Fails if there is no such file.
}

interface Source {
  # Bytes that somebody may have.

  pumpTo @0 (to :Sink) -> ();
  # Writes all of them and ends `to`; returns when that has been done. As fast as `to` takes them.
}

interface Sink {
  # Where bytes go.

  write @0 (chunk :Data) -> stream;

  end @1 () -> ();
  # There are no more.
}

interface Progress {
  # Somebody who wants to know how far it is.

  moved @0 (bytes :UInt64, total :UInt64) -> ();
  # So many bytes have been moved. `total` is 0 if it is not known.
}
