@0xbdebea608eda193b;

struct Tree { value @0 :Int32; children @1 :List(Tree); }
const leaf :Tree = (value = 1);
const two :Tree = (children = [.leaf, .leaf]);
const four :Tree = (value = 4, children = [.two, .two]);
const eight :List(Tree) = [.four, .four, (value = 8)];
