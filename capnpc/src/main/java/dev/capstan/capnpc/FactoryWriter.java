package dev.capstan.capnpc;

import java.util.ArrayList;
import java.util.List;

/** Writes the parts of generic types that structs and interfaces have in common: the class that keeps the tokens of their arguments. */
final class FactoryWriter {
    private FactoryWriter() {}

    /** The parameters of a method or constructor that takes a token for each type parameter. */
    static String tokenParameters(Output output, List<TypeParameter> parameters) {
        List<String> tokens = new ArrayList<>();
        for (TypeParameter parameter : parameters) {
            tokens.add(tokenClass(output, parameter) + " " + parameter.token());
        }
        return String.join(", ", tokens);
    }

    private static String tokenClass(Output output, TypeParameter parameter) {
        return output.file().runtime("PointerType") + "<" + parameter.builder() + ", " + parameter.reader() + ">";
    }

    static String tokens(List<TypeParameter> parameters) {
        return String.join(", ", parameters.stream().map(TypeParameter::token).toList());
    }

    static void writeTypeMethod(Output output, Declaration declaration) {
        String variables = StructShape.variables(declaration);
        output.text()
                .method(
                        "public static " + variables + " " + declaration.factory() + variables + " type("
                                + tokenParameters(output, declaration.parameters) + ")",
                        "return new " + declaration.factory() + "<>(" + tokens(declaration.parameters) + ");");
    }

    /** Fields for the tokens and the constructor that sets them. */
    static void writeTokens(Output output, Declaration declaration, String superArguments) {
        SourceText text = output.text();
        for (TypeParameter parameter : declaration.parameters) {
            text.line("private final " + tokenClass(output, parameter) + " " + parameter.token() + ";");
        }
        text.blank()
                .open("private " + declaration.factory() + "(" + tokenParameters(output, declaration.parameters) + ")");
        text.line("super(" + superArguments + ");");
        for (TypeParameter parameter : declaration.parameters) {
            text.line("this." + parameter.token() + " = " + parameter.token() + ";");
        }
        text.close();
    }
}
