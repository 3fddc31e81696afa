package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Value;
import java.util.List;
import java.util.Map;

/** A type of the schema with its names looked up and its type arguments in place. Values; compared by content. */
sealed interface JavaType {
    /** What lies in the data section, or nowhere. */
    enum Scalar implements JavaType {
        VOID,
        BOOL,
        INT8,
        INT16,
        INT32,
        INT64,
        UINT8,
        UINT16,
        UINT32,
        UINT64,
        FLOAT32,
        FLOAT64
    }

    /** What lies behind a pointer and has no parts to look up. */
    enum Pointer implements JavaType {
        TEXT,
        DATA,
        ANY,
        ANY_STRUCT,
        ANY_LIST,
        CAPABILITY;

        /** Whether capabilities may be in it. */
        boolean mayHoldCapabilities() {
            return this != TEXT && this != DATA;
        }
    }

    /** An enum. */
    record Enumeration(Declaration declaration) implements JavaType {}

    /** A struct; one argument for each parameter of the declaration. */
    record Struct(Declaration declaration, List<JavaType> arguments) implements JavaType {}

    /** An interface; one argument for each parameter of the declaration. */
    record Interface(Declaration declaration, List<JavaType> arguments) implements JavaType {}

    /** A list. */
    record ListOf(JavaType element) implements JavaType {}

    /** A list of something that only the user of a generic type knows. It stays one when the type parameter is replaced. */
    record OpenListOf(JavaType element) implements JavaType {}

    /** A type parameter. */
    record Variable(TypeParameter parameter) implements JavaType {}

    /** This type with the given parameters replaced. */
    default JavaType replace(Map<TypeParameter, JavaType> arguments) {
        return arguments.isEmpty() || !isOpen() ? this : replaced(arguments);
    }

    private JavaType replaced(Map<TypeParameter, JavaType> arguments) {
        return switch (this) {
            case Scalar scalar -> scalar;
            case Pointer pointer -> pointer;
            case Enumeration enumeration -> enumeration;
            case Struct(Declaration d, List<JavaType> args) -> new Struct(d, replaceAll(args, arguments));
            case Interface(Declaration d, List<JavaType> args) -> new Interface(d, replaceAll(args, arguments));
            case ListOf(JavaType element) -> new ListOf(element.replace(arguments));
            case OpenListOf(JavaType element) -> new OpenListOf(element.replace(arguments));
            case Variable(TypeParameter parameter) -> arguments.getOrDefault(parameter, this);
        };
    }

    /** {@code value} if it is one of this type. */
    default Value.Reader checked(Value.Reader value) {
        boolean matches = switch (this) {
            case Scalar scalar -> value.which().name().equals(scalar.name());
            case Pointer.TEXT -> value.isText();
            case Pointer.DATA -> value.isData();
            case Pointer.ANY -> value.isAnyPointer() || value.isStruct() || value.isList();
            case Pointer.ANY_STRUCT -> value.isAnyPointer() || value.isStruct();
            case Pointer.ANY_LIST -> value.isAnyPointer() || value.isList();
            case Pointer.CAPABILITY -> false;
            case Enumeration e -> value.isEnum();
            case Struct s -> value.isStruct();
            case Interface i -> false;
            case ListOf list -> value.isList();
            case OpenListOf list -> value.isList();
            case Variable v -> value.isAnyPointer();
        };
        if (!matches) {
            throw new SchemaException(
                    "The request holds a value of kind " + value.which() + " for the type " + this + ".");
        }
        return value;
    }

    /** How many names of classes it takes to write it. */
    default long names() {
        return switch (this) {
            case Scalar s -> 1;
            case Pointer p -> 1;
            case Enumeration e -> 1;
            case Struct(Declaration d, List<JavaType> args) ->
                1 + 2 * args.stream().mapToLong(JavaType::names).sum();
            case Interface(Declaration d, List<JavaType> args) ->
                1 + 2 * args.stream().mapToLong(JavaType::names).sum();
            case ListOf(JavaType element) -> 1 + 2 * element.names();
            case OpenListOf(JavaType element) -> 1 + element.names();
            case Variable v -> 1;
        };
    }

    /** Whether the type depends on a type parameter. */
    default boolean isOpen() {
        return switch (this) {
            case Scalar s -> false;
            case Pointer p -> false;
            case Enumeration e -> false;
            case Struct(Declaration d, List<JavaType> args) -> args.stream().anyMatch(JavaType::isOpen);
            case Interface(Declaration d, List<JavaType> args) -> args.stream().anyMatch(JavaType::isOpen);
            case ListOf(JavaType element) -> element.isOpen();
            case OpenListOf(JavaType element) -> element.isOpen();
            case Variable v -> true;
        };
    }

    private static List<JavaType> replaceAll(List<JavaType> types, Map<TypeParameter, JavaType> arguments) {
        return types.stream().map(type -> type.replace(arguments)).toList();
    }
}
