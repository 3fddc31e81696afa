@0x865a21dfcbfd64f6;

struct S { a @0 :Text; b @1 :UInt8; }
enum E { x @0; y @1; z @2; }
const voids :List(Void) = [void, void, void];
const bools :List(Bool) = [true, false, true, true, false, true, true, true, true];
const i8 :List(Int8) = [-1, 0, 127];
const i16 :List(Int16) = [-1, 0, 32767];
const i32 :List(Int32) = [-1, 0, 2147483647];
const i64 :List(Int64) = [-1, 0, 9223372036854775807];
const u8 :List(UInt8) = [0, 255];
const u16 :List(UInt16) = [0, 65535];
const u32 :List(UInt32) = [0, 4294967295];
const u64 :List(UInt64) = [0, 18446744073709551615];
const f32 :List(Float32) = [0, 1.5, inf, -inf, nan];
const f64 :List(Float64) = [0, 1.5, inf, -inf, nan, 1e100];
const texts :List(Text) = ["", "a", "b" "c"];
const datas :List(Data) = ["x", 0x"01"];
const enums :List(E) = [z, x, y];
const structs :List(S) = [(a = "1"), (b = 2), ()];
const lists :List(List(Int16)) = [[1, 2], [], [3]];
const deep :List(List(List(S))) = [[[(b = 1)]], []];
const none :List(S) = [];
const noBools :List(Bool) = [];
const noTexts :List(Text) = [];
const trailing :List(Int8) = [1, 2,];
