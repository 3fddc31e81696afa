# Fields and constants of every type.

@0xe1a4c0a7f5b3d207;

$import "/capnp/java.capnp".package("nasty.layout");

struct Empty {}

struct OnlyUnion {
  union {
    a @0 :Void;
    b @1 :Void;
  }
}

struct Groups {
  outer :group {
    x @0 :Int32;
    inner :group {
      y @1 :Int64 = 5;
      deep :union {
        bit @2 :Bool;
        text @3 :Text;
        pair :group {
          left @4 :Groups;
          right @5 :List(Groups);
        }
        number @6 :Float64 = 2.5;
        enum @7 :Kind = second;
      }
    }
  }
  kind @8 :Kind = second;
}

enum Kind {
  first @0;
  second @1;
}

struct Constants {
  const void :Void = void;
  const bool :Bool = true;
  const int8 :Int8 = -128;
  const int16 :Int16 = -32768;
  const int32 :Int32 = -2147483648;
  const int64 :Int64 = -9223372036854775808;
  const uint8 :UInt8 = 255;
  const uint16 :UInt16 = 65535;
  const uint32 :UInt32 = 4294967295;
  const uint64 :UInt64 = 18446744073709551615;
  const float32 :Float32 = 1e-40;
  const float64 :Float64 = -1.7976931348623157e308;
  const infinity :Float64 = inf;
  const text :Text = "\"\\\n é ✓ 🙂 \x01" "8";
  const empty :Text = "";
  const data :Data = 0x"00 ff 22 5c 38";
  const struct :Groups = (kind = first, outer = (inner = (deep = (text = "deep"))));
  const kind :Kind = second;
  const voids :List(Void) = [void, void];
  const bools :List(Bool) = [true, false, true];
  const ints :List(Int8) = [1, -1];
  const unsigned :List(UInt64) = [1, 18446744073709551615];
  const floats :List(Float32) = [nan, inf, -0.0];
  const texts :List(Text) = ["", "a"];
  const datas :List(Data) = ["", 0x"ff"];
  const structs :List(Groups) = [(), (kind = first)];
  const kinds :List(Kind) = [first, second];
  const lists :List(List(Int16)) = [[1], [], [2, 3]];
  const emptyList :List(Text) = [];
}

interface WithConstants {
  const answer :UInt32 = 42;
  const list :List(Kind) = [second];
}
