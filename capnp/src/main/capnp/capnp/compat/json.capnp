# JSON as a struct, and annotations by which a schema says how its types look in JSON.

@0x8ef99297a43a5e34;

$import "/capnp/c++.capnp".namespace("capnp::json");
$import "/capnp/java.capnp".package("dev.capstan.capnp.json.schema");

struct Value {
  # A JSON value of any shape.

  union {
    null @0 :Void;
    boolean @1 :Bool;
    number @2 :Float64;
    string @3 :Text;
    array @4 :List(Value);
    object @5 :List(Field);
    # Members in the order in which they stand; a name may occur twice.

    call @6 :Call;
    # Not JSON: a name with arguments in round brackets, as some databases write dates and binary data.

    raw @7 :Text;
    # Text that is JSON already and is written as it is. No parser yields it. Whoever writes it answers for its being valid:
    # text from elsewhere could close the value and open another one.
  }

  struct Field {
    # A member of an object.

    name @0 :Text;
    value @1 :Value;
  }

  struct Call {
    # A function and what it is called with.

    function @0 :Text;
    params @1 :List(Value);
  }
}

annotation name @0xfa5b1fd61c2e7c3d (field, enumerant, method, group, union) :Text;
# The name in JSON, where it differs from the one in the schema.

annotation flatten @0x82d3e852af0336bf (field, group, union) :FlattenOptions;
# The members of this struct or group appear as members of the object around it. A member of a union can be flattened only if
# the union has a discriminator.

struct FlattenOptions {
  # How members are taken into the object around them.

  prefix @0 :Text = "";
  # Comes before each name.
}

annotation discriminator @0xcfa794e8d19a0162 (struct, union) :DiscriminatorOptions;
# A member of its own tells by name which member of the union is there. Without it, that is told by which member is present.

struct DiscriminatorOptions {
  # How a union tells which of its members is there.

  name @0 :Text;
  # The name of the discriminating member; the name of the union if null.

  valueName @1 :Text;
  # If not null, the union's value has this name, whichever member it is. Cannot be combined with flattened members.
}

annotation base64 @0xd7d879450a253e4b (field) :Void;
# Data as a base64 string instead of a list of numbers.

annotation hex @0xf061e22f0ae5c7b5 (field) :Void;
# Data as a string of hexadecimal digits instead of a list of numbers.

annotation notification @0xa0a054dea32fd98c (method) :Void;
# In JSON-RPC, a call of this method is a notification: no answer is sent.
