# Names that mean something in Java, or in generated code.

@0xe1a4c0a7f5b3d201;

$import "/capnp/java.capnp".package("nasty.names");

struct Keywords {
  # Every name here is taken in Java: \u002a/ */ <b>&amp; @since `a*/b` `{code}` and even \user.

  abstract @0 :Bool;
  assert @1 :Bool;
  class @2 :Int32;
  default @3 :Text = "\"quoted\"\\ \t\n\x01 8 \x7f é ✓ 🙂";
  enum @4 :Color;
  goto @5 :List(Bool);
  int @6 :Int8;
  null @7 :Void;
  package @8 :Data;
  this @9 :AnyPointer;
  true @10 :Bool;
  value @11 :Text;
  size @12 :Text;
  type @13 :Text;
  raw @14 :Color;
  which @15 :Color;
  whichRaw @16 :UInt64;
  enumRaw @17 :Text;
  segment @18 :Text;
  data @19 :Text;
  builder @20 :Text;
  asReader @21 :Text;
  totalSizeWords @22 :Text;
  hashCode @23 :Text;
  toString @24 :Text;

  sizeUtf8 @28 :Text;

  union {
    void @25 :Void;
    while @26 :Keywords;
    volatile :group {
      for @27 :Text;
    }
  }
}

enum Color {
  unrecognized @0;
  red @1;
  aBCd @2;
  raw @3;
  of @4;
  values @5;
  valueOf @6;
  ordinal @7;
  interface @8;
}

struct Generated {
  # Nested types that are called like what the generator declares.

  struct Reader {
    reader @0 :Reader;
    struct Builder {
      reader @0 :Reader;
    }
  }
  struct Builder {}
  struct Pipeline {}
  struct Answer {}
  enum Which {
    a @0;
  }
  interface Client {
    call @0 (server :Server) -> (client :Client);
  }
  interface Server {}
  struct Factory {}
  struct Type {}
  struct Pool {}
  struct Generated {
    struct Generated {}
    generated @0 :Generated;
  }

  const tYPE :Int32 = 1;
  const interfaceId :Int32 = 2;
  const pool1 :List(Text) = ["a"];
  const unrecognized :Color = red;

  reader @0 :Reader;
  builder @1 :Builder;
  pipeline @2 :Pipeline;
  answer @3 :Answer;
  which @4 :Which;
  client @5 :Client;
  server @6 :Server;
  factory @7 :Factory;
  type @8 :Type;
  pool @9 :Pool;
  pools @10 :List(Pool);
  generated @11 :Generated;
  top @12 :Client;

  union {
    reader2 :group {
      x @13 :Text;
    }
    builder2 :union {
      y @14 :Text;
      z @15 :Void;
    }
  }
}

struct Reader {
  builder @0 :Builder;
  struct Inner {}
  inner @1 :Inner;
}

struct Builder {
  reader @0 :Reader;
}

interface Client {
  call @0 (client :Client) -> (server :Server);
}

interface Server {}

interface Methods {
  # Methods that every Java object or client has, or that generated code needs.

  close @0 ();
  cap @1 () -> (cap :Capability);
  share @2 ();
  getClass @3 ();
  hashCode @4 ();
  toString @5 ();
  notify @6 ();
  notifyAll @7 ();
  wait @8 ();
  clone @9 ();
  finalize @10 ();
  equals @11 (other :Capability) -> (same :Bool);
  newRequest @12 ();
  dispatch @13 ();
  handle @14 ();
  style @15 ();
  isStreaming @16 () -> stream;
  released @17 ();
  shortenPath @18 ();
  call @19 ();
  callRequest @20 ();
  methodsType @21 ();
  params @22 (params :Text, state :Text, type :Text) -> (params :Text);
  delete @23 ();
  return @24 ();
  new @25 ();
  getX @26 [Params, State, Type, Client, TB] (params :Params, state :State, type :Type, client :Client, t :TB);
}

struct TypeNamesOfTheRuntime {
  # Nested types that hide what generated code imports.

  struct String {}
  struct Object {}
  struct Override {}
  struct Exception {}
  struct Void {}
  struct Integer {}
  struct Segment {}
  struct StructReader {}
  struct StructBuilder {}
  struct StructType {}
  struct PointerType {}
  struct StructList {}
  struct PointerList {}
  struct EnumList {}
  struct AnyPointer {}
  struct Text {}
  struct Data {}
  struct Cap {}
  struct Method {}
  struct Promise {}
  struct Consumer {}
  struct Request {}
  struct CallContext {}
  struct PipelineHandle {}
  struct AnswerState {}
  struct MessageReader {}
  struct EnumValue {}

  interface Service {
    call @0 (text :Text, data :Data, any :AnyPointer, cap :Cap) -> (string :String);
    stream @1 (x :List(Promise)) -> stream;
  }

  text @0 :List(Text);
  any @1 :AnyPointer;
  string @2 :String;
  anyList @3 :List(List(Segment));
}
