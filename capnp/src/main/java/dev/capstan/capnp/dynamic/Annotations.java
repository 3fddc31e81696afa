package dev.capstan.capnp.dynamic;

import dev.capstan.capnp.CapnpList;
import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Value;
import org.jspecify.annotations.Nullable;

/** Annotations by their ids. Codecs look up a few known ones for each member, so nothing is indexed. */
final class Annotations {
    private Annotations() {}

    static @Nullable DynamicValue find(CapnpList<Annotation.Reader> annotations, long id, Resolver resolver) {
        for (Annotation.Reader annotation : annotations) {
            if (annotation.getId() == id) {
                return value(annotation, resolver);
            }
        }
        return null;
    }

    private static DynamicValue value(Annotation.Reader annotation, Resolver resolver) {
        Value.Reader value = annotation.getValue();
        Schema declaration = resolver.loader().tryGet(annotation.getId());
        if (declaration != null && declaration.node().isAnnotation()) {
            Brand brand = resolver.brand(annotation.getBrand());
            Type type = new Resolver(resolver.loader(), brand)
                    .type(declaration.node().getAnnotation().getType());
            return Values.of(type, value);
        }
        // Without the declaration a value still tells what it is, unless that takes another schema.
        return switch (value.which()) {
            case LIST, ENUM, STRUCT, INTERFACE ->
                throw new SchemaException("the value of annotation " + SchemaException.id(annotation.getId())
                        + " needs its declaration to be read: load that node too");
            case ANY_POINTER -> Values.of(Type.Any.UNCONSTRAINED, value);
            default -> Values.of(Type.Scalar.ALL.get(value.whichRaw()), value);
        };
    }
}
