@0x969c1e86c7d9c826;

const plain :Text = "plain";
const escapes :Text = "\a\b\f\n\r\t\v\'\"\\\?\x41\101\0z";
const utf8 :Text = "grüße, 世界 𝄞";
const broken :Text = "\xff\xfe";
const joined :Text = "one " "two " "three";
const asData :Data = "text as \x00 data";
const hex :Data = 0x"de ad be ef  00";
const packed :Data = 0x"deadbeef";
