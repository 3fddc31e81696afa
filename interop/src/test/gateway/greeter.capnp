# The Greeter of greeter.proto, by name: streams are capabilities of the caller.
@0xc6d1e0f4a2b39785;

struct Name { text @0 :Text; }
struct Greeting { text @0 :Text; }

interface Greetings {
  write @0 (greeting :Greeting) -> stream;
  end @1 ();
}

interface Names {
  write @0 (name :Name) -> stream;
  end @1 ();
}

interface NameSource {
  pumpTo @0 (to :Names);
}

interface Greeter {
  greet @0 Name -> Greeting;
  greetOften @1 (text :Text, to :Greetings);
  greetTogether @2 (from :NameSource) -> (text :Text);
  talk @3 (from :NameSource, to :Greetings);
}
