# Constants of every type, outside types and inside them.

@0xb7c1d2f05a3e4905;

$import "/capnp/java.capnp".package("dev.capstan.capnpc.golden.constants");

const answer :Int32 = 42;
# To everything.

const maxSize :UInt64 = 18446744073709551615;
const ratio :Float32 = 0.25;
const infinity :Float64 = inf;
const nan :Float64 = nan;
const yes :Bool = true;
const small :Int8 = -128;
const medium :UInt16 = 65535;
const large :UInt32 = 4294967295;
const huge :Int64 = -9223372036854775808;
const nothing :Void = void;
const greeting :Text = "Grüß \"Gott\",\n7 ✓ 🙂";
const blob :Data = 0x"00 01 37 ff";
const mode :Mode = fast;
const settings :Settings = (name = "all", level = 3, modes = [slow, fast], next = (name = "inner"));
const primes :List(UInt32) = [2, 3, 5, 7];
const names :List(Text) = ["a", "b"];
const all :List(Settings) = [(name = "1"), (name = "2")];

enum Mode {
  slow @0;
  fast @1;
}

struct Settings {
  const defaultLevel :UInt8 = 9;
  const standard :Settings = (name = "standard", level = .Settings.defaultLevel);

  name @0 :Text;
  level @1 :UInt8;
  modes @2 :List(Mode);
  next @3 :Settings;
}

interface Service {
  const limit :UInt32 = 100;
  const greeting :Text = .greeting;
}
