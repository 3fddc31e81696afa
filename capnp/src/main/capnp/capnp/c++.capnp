# Annotations that C++ and Java share. `namespace` and `name` mean nothing to the Java generator; it reads
# `allowCancellation` alone.

@0xbdf87d7bb8304e81;

$namespace("capnp::annotations");

annotation namespace (file) :Text;
# The C++ namespace of everything that is declared in the file.

annotation name (field, enumerant, struct, enum, interface, method, param, group, union) :Text;
# The name that C++ uses instead of the declared one.

annotation allowCancellation (interface, method, file) :Void;
# A caller that gives up may stop the method while it runs. Without this annotation, a method that has begun runs to its
# end, whatever the caller does. On an interface it counts for each of its methods, on a file for each interface in it.
