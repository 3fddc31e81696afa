@0xb4bc68a60731cb33;

interface I { m @0 (snake_case :Text, UPPER :Bool, import :Int32, struct :Text) -> (union :Bool, enum :Text); }
