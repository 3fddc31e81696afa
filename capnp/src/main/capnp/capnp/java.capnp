# Annotations that steer the Java generator.

@0xc5f1af96651f70ea;

annotation package @0x9ee4c8f803b3b596 (file) :Text;
# The Java package of everything that is declared in the file. Without it, the package is the base name of the file.

annotation name @0xd3a6c0f1b5e84f27 (struct, field, union, group, enum, enumerant, interface, method, param, const) :Text;
# What a declaration is called in Java, in the style of the schema language: `goodName` for a field becomes `getGoodName`. It changes nothing
# else: text, JSON and messages keep the name or number of the schema.

$package("dev.capstan.capnp.annotations");
