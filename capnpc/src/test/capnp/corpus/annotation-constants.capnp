@0x9b6bc43fdc8d6ca7;

annotation limit(field) :UInt32;
annotation text(field) :Text;
annotation list(struct) :List(Text);
const most :UInt32 = 99;
const word :Text = "word";
const words :List(Text) = [.word, "b"];
struct S $list(.words) { a @0 :Bool $limit(.most) $text(.word); }
