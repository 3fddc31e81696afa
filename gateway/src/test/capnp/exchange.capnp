# What the capability contract is played with through two gateways, and where its objects are handed over in another process.
@0xa7d3c1f0e5b69284;

interface Object {
  m0 @0 Note -> Note;
  m1 @1 Note -> Note;
  m2 @2 Note -> Note;
  m3 @3 Note -> Note;
}

struct Note {
  number @0 :Int64;
  text @1 :Text;
  c0 @2 :Object;
  c1 @3 :Object;
  c2 @4 :Object;
  c3 @5 :Object;
}

interface Exchange {
  put @0 (name :Text, object :Object);
  # Keeps the object until somebody takes it.

  take @1 (name :Text) -> (object :Object);
  # Gives it away: nothing of it is kept. Fails if there is no such object.

  sync @2 ();
  # Returns when what has come before has been passed on.
}
