package dev.capstan.capnpc.compile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Type arguments, by the scope that declares the parameters; from the inside to the outside, as they are written.
 *
 * @param scopes those that have arguments or inherit them
 */
record Brand(List<Scope> scopes) {
    static final Brand NONE = new Brand(List.of());

    /** Arguments of one scope; null when they are those of the place where the brand stands. */
    record Scope(long id, @Nullable List<Type> arguments) {}

    @Nullable
    Scope scope(long id) {
        for (Scope scope : scopes) {
            if (scope.id() == id) {
                return scope;
            }
        }
        return null;
    }

    int weight() {
        int weight = 1;
        for (Scope scope : scopes) {
            weight++;
            for (Type argument : scope.arguments() == null ? List.<Type>of() : scope.arguments()) {
                weight += argument.weight();
            }
        }
        return weight;
    }

    int depth() {
        int depth = 0;
        for (Scope scope : scopes) {
            for (Type argument : scope.arguments() == null ? List.<Type>of() : scope.arguments()) {
                depth = Math.max(depth, argument.depth());
            }
        }
        return depth;
    }
}
