package dev.capstan.capnpc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds out whether values of a type can hold capabilities, as far as the schema tells. */
final class CapabilitySearch {
    private final Output output;
    private final Set<JavaType> seen = new HashSet<>();

    CapabilitySearch(Output output) {
        this.output = output;
    }

    boolean mayHoldCapabilities(JavaType type) {
        return switch (type) {
            case JavaType.Scalar scalar -> false;
            case JavaType.Enumeration enumeration -> false;
            case JavaType.Pointer pointer -> pointer.mayHoldCapabilities();
            case JavaType.Interface i -> true;
            case JavaType.Variable variable -> true;
            case JavaType.ListOf(JavaType element) -> mayHoldCapabilities(element);
            case JavaType.OpenListOf(JavaType element) -> true;
            // Type arguments may be nested without end in a type that contains itself; its own fields tell enough.
            case JavaType.Struct struct ->
                seen.add(new JavaType.Struct(struct.declaration(), List.of()))
                        && mayHoldCapabilities(struct.declaration());
        };
    }

    private boolean mayHoldCapabilities(Declaration struct) {
        for (StructField field : StructField.of(struct, output.declarations(), output.nodes())) {
            Declaration group = field.group();
            if (group == null ? mayHoldCapabilities(field.type()) : mayHoldCapabilities(group)) {
                return true;
            }
        }
        return false;
    }
}
