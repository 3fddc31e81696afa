# Types of several files, imported in all ways.

@0xe94c2b7f1d058a36;

$import "/capnp/java.capnp".package("dev.capstan.capnp.encoding.fixture");

struct TestImport2 {
  foo @0 :import "test.capnp".TestAllTypes;
  bar @1 :import "/capnp/schema.capnp".Node;
  baz @2 :import "encoding.capnp".TestImport;
}
