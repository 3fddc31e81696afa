@0xa52e47cb6125c54f;

struct Tree { kind @0 :Kind; parent @1 :Tree; enum Kind { oak @0; elm @1; } }
interface Leaf { fall @0 () -> (tree :Tree); }
annotation note(*) :Text;
annotation rich(field) :Rich;
struct Rich { name @0 :Text; deep @1 :Rich; }
const greeting :Text = "hello";
