package dev.capstan.capnpc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How types are written at one place of a file: what a reader hands out, what a builder hands out, and the token that stands for the type at
 * run time.
 */
final class TypeNames {
    private final JavaFile file;
    private final Pool pool;
    private final @Nullable Declaration at;
    private final Function<TypeParameter, String> tokenOf;

    /** @param tokenOf the expression for the token of a type parameter */
    TypeNames(JavaFile file, Pool pool, @Nullable Declaration at, Function<TypeParameter, String> tokenOf) {
        this.file = file;
        this.pool = pool;
        this.at = at;
        this.tokenOf = tokenOf;
    }

    /** The same place, where tokens of type parameters are to be had in another way. */
    TypeNames with(Function<TypeParameter, String> otherTokenOf) {
        return new TypeNames(file, pool, at, otherTokenOf);
    }

    String declared(Declaration declaration) {
        return file.use(declaration, at);
    }

    String reader(JavaType type) {
        return face(type, "Reader");
    }

    String builder(JavaType type) {
        return face(type, "Builder");
    }

    private String face(JavaType type, String face) {
        return switch (type) {
            case JavaType.Scalar scalar ->
                throw new IllegalArgumentException(scalar + " does not live behind a pointer");
            case JavaType.Pointer.TEXT -> file.use("java.lang.String");
            case JavaType.Pointer.DATA -> file.runtime(face.equals("Reader") ? "Data" : "Data.Builder");
            case JavaType.Pointer.ANY -> file.runtime("AnyPointer." + face);
            case JavaType.Pointer.ANY_STRUCT -> file.runtime("AnyStruct." + face);
            case JavaType.Pointer.ANY_LIST -> file.runtime("AnyList." + face);
            case JavaType.Pointer.CAPABILITY -> file.use("dev.capstan.cap.Cap");
            case JavaType.Enumeration(Declaration d) -> declared(d);
            case JavaType.Struct(Declaration d, List<JavaType> args) -> declared(d) + "." + face + arguments(args);
            case JavaType.Interface(Declaration d, List<JavaType> args) -> client(d, args);
            case JavaType.ListOf(JavaType.Scalar scalar) -> file.runtime(Scalars.listClass(scalar) + "." + face);
            case JavaType.ListOf(JavaType.Enumeration element) ->
                file.runtime("EnumList." + face) + "<" + face(element, face) + ">";
            case JavaType.ListOf(JavaType element)
            when isStruct(element) -> file.runtime("StructList." + face) + "<" + face(element, face) + ">";
            case JavaType.ListOf(JavaType element) ->
                file.runtime("PointerList." + face) + "<"
                        + (face.equals("Builder") ? face(element, "Builder") + ", " : "") + face(element, "Reader")
                        + ">";
            case JavaType.OpenListOf(JavaType element) -> file.runtime("CapnpList") + "<" + face(element, face) + ">";
            case JavaType.Variable(TypeParameter p) -> face.equals("Reader") ? p.reader() : p.builder();
        };
    }

    private static boolean isStruct(JavaType type) {
        return type instanceof JavaType.Struct || type == JavaType.Pointer.ANY_STRUCT;
    }

    String client(Declaration type, List<JavaType> args) {
        return declared(type) + ".Client" + arguments(args);
    }

    /** A class that is nested in the one of a struct or interface, with its type arguments. */
    String nested(Declaration type, String member, List<JavaType> args) {
        return declared(type) + "." + member + arguments(args);
    }

    /** Type arguments in angle brackets; nothing when there are none. */
    String arguments(List<JavaType> args) {
        if (args.isEmpty()) {
            return "";
        }
        List<String> faces = new ArrayList<>();
        for (JavaType arg : args) {
            faces.add(builder(arg));
            faces.add(reader(arg));
        }
        return "<" + String.join(", ", faces) + ">";
    }

    /** The class of the token. */
    String tokenClass(JavaType type) {
        return switch (type) {
            case JavaType.Struct(Declaration d, List<JavaType> args) when d.isGeneric() -> nested(d, d.factory(), args);
            case JavaType.Interface(Declaration d, List<JavaType> args)
            when d.isGeneric() -> nested(d, d.factory(), args);
            case JavaType.Struct s -> file.runtime("StructType") + "<" + builder(s) + ", " + reader(s) + ">";
            case JavaType.Interface i -> file.runtime("InterfaceType") + "<" + reader(i) + ">";
            default -> file.runtime("PointerType") + "<" + builder(type) + ", " + reader(type) + ">";
        };
    }

    /** An expression for the token. Tokens that must be made are made once, as far as they are the same each time. */
    String token(JavaType type) {
        return switch (type) {
            case JavaType.Variable(TypeParameter p) -> tokenOf.apply(p);
            case JavaType t when isMade(t) && !t.isOpen() -> pool.token(t);
            default -> newToken(type);
        };
    }

    private static boolean isMade(JavaType type) {
        return switch (type) {
            case JavaType.ListOf(JavaType.Scalar scalar) -> false;
            case JavaType.ListOf list -> true;
            case JavaType.OpenListOf list -> true;
            case JavaType.Struct(Declaration d, List<JavaType> args) -> d.isGeneric();
            case JavaType.Interface(Declaration d, List<JavaType> args) -> d.isGeneric();
            default -> false;
        };
    }

    /** An expression that makes the token. */
    String newToken(JavaType type) {
        return switch (type) {
            case JavaType.Scalar scalar ->
                throw new IllegalArgumentException(scalar + " does not live behind a pointer");
            case JavaType.Pointer.TEXT -> file.runtime("Text.TYPE");
            case JavaType.Pointer.DATA -> file.runtime("Data.TYPE");
            case JavaType.Pointer.ANY -> file.runtime("AnyPointer.TYPE");
            case JavaType.Pointer.ANY_STRUCT -> file.runtime("AnyStruct.TYPE");
            case JavaType.Pointer.ANY_LIST -> file.runtime("AnyList.TYPE");
            case JavaType.Pointer.CAPABILITY -> file.runtime("AnyPointer.CAPABILITY");
            case JavaType.Enumeration e -> throw new IllegalArgumentException(e + " does not live behind a pointer");
            case JavaType.Struct(Declaration d, List<JavaType> args) -> typeOf(d, args);
            case JavaType.Interface(Declaration d, List<JavaType> args) -> typeOf(d, args);
            case JavaType.ListOf(JavaType.Scalar scalar) -> file.runtime(Scalars.listClass(scalar) + ".TYPE");
            case JavaType.ListOf(JavaType.Enumeration(Declaration d)) ->
                file.runtime("EnumList.type") + "(" + declared(d) + "::of)";
            case JavaType.ListOf(JavaType element)
            when isStruct(element) -> file.runtime("StructList.type") + "(" + token(element) + ")";
            case JavaType.ListOf(JavaType element) -> file.runtime("PointerList.type") + "(" + token(element) + ")";
            case JavaType.OpenListOf(JavaType element) -> file.runtime("CapnpList.type") + "(" + token(element) + ")";
            case JavaType.Variable(TypeParameter p) -> tokenOf.apply(p);
        };
    }

    private String typeOf(Declaration declaration, List<JavaType> args) {
        return declared(declaration)
                + (declaration.isGeneric()
                        ? ".type("
                                + String.join(
                                        ", ", args.stream().map(this::token).toList()) + ")"
                        : ".TYPE");
    }
}
