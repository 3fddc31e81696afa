@0xed858dd66b877029;

const hex :UInt32 = 0xdeadBEEF;
const octal :UInt16 = 0777;
const zero :Int8 = 0;
const minus :Int8 = -0x7f;
const most :UInt64 = 0xffffffffffffffff;
