package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Value;

/** Default values of fields behind a pointer, as expressions. */
final class Defaults {
    private Defaults() {}

    static String of(Output output, StructField field, JavaType type, Value.Reader value) {
        if (type == JavaType.Pointer.TEXT) {
            return Literals.string(output.file(), value.getText());
        }
        String name = "DEFAULT_" + Names.constant(field.name());
        return type == JavaType.Pointer.DATA
                ? output.pool()
                        .add(
                                output.file().runtime("Data"),
                                name,
                                Constants.pointer(output, value) + ".as("
                                        + output.file().runtime("Data") + ".TYPE)")
                : output.pool().add(output.file().runtime("AnyPointer.Reader"), name, Constants.pointer(output, value));
    }
}
