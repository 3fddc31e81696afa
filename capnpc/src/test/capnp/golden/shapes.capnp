# Structs: scalars and their defaults, groups, unions, enums, nesting.

@0xb7c1d2f05a3e4901;

$import "/capnp/java.capnp".package("dev.capstan.capnpc.golden.shapes");

struct Shape {
  # Something to draw. See `Point` for the coordinates.
  #
  # A second paragraph, with <brackets> & an @ sign.

  name @0 :Text = "unnamed";
  # What it is called.

  visible @1 :Bool = true;
  layer @2 :UInt8 = 7;
  priority @3 :Int16 = -3;
  id @4 :UInt64;
  # Given by the server.

  parent @5 :Shape;

  color @6 :Color = blue;

  style :group {
    # How it is drawn.

    width @7 :Float32 = 1.5;
    # In pixels.

    dashed @8 :Bool;
    note @9 :Text;
  }

  origin @10 :Point = (x = 1, y = -2);

  union {
    empty @11 :Void;
    circle :group {
      radius @12 :Float64;
    }
    path @13 :List(Point);
    # At least two points.
    count @14 :UInt32;
  }

  fill :union {
    none @15 :Void;
    solid @16 :Color;
    image @17 :Data = 0x"00 ff 38";
    any @18 :AnyPointer;
  }

  const maxLayers :UInt8 = 255;

  struct Point {
    # A place on the plane.

    x @0 :Int32;
    y @1 :Int32;
  }
}

enum Color {
  # What the eye sees.

  red @0;
  green @1;
  # Like grass.

  deepBlue @3;
  blue @2;
}

struct ShapeV2 {
  # What a later version of the smallest shape looks like; the field after the first is new.

  name @0 :Text;
  addedText @1 :Text = "added";
  addedNumber @2 :Int32 = 42;
  color @3 :NewColor;
}

struct ShapeV1 {
  name @0 :Text;
}

enum NewColor {
  # Color, as a newer peer has it.

  red @0;
  green @1;
  blue @2;
  deepBlue @3;
  infrared @4;
}
