# Annotations that steer the Java generator.

@0xc5f1af96651f70ea;

annotation package @0x9ee4c8f803b3b596 (file) :Text;
# The Java package of everything that is declared in the file. Without it, the package is the base name of the file.

$package("dev.capstan.capnp.annotations");
