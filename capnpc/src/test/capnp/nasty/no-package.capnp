# Nothing here names a package; the file's name is none that Java could take.

@0xe1a4c0a7f5b3d204;

using Names = import "names.capnp";
using Cxx = import "/capnp/c++.capnp";
using Rpc = import "/capnp/rpc.capnp";

$Cxx.allowCancellation;

struct Plain {
  keywords @0 :Names.Keywords;
  names @1 :List(Names.Generated.Reader.Builder);
  message @2 :Rpc.Message;
}

interface Whole {
  run @0 (plain :Plain) -> Plain;
}

const constant :Plain = (keywords = (class = 3, void = void));
