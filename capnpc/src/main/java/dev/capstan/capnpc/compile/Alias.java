package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Expression;
import dev.capstan.capnpc.syntax.Name;

/** Another name for something, from a {@code using} declaration; looked up once, on first use. */
final class Alias {
    private enum State {
        NEW,
        RESOLVING,
        RESOLVED
    }

    private final Node scope;
    private final Name name;
    private final Expression target;
    private State state = State.NEW;
    private Resolved resolved = new Resolved.Broken();

    Alias(Node scope, Name name, Expression target) {
        this.scope = scope;
        this.name = name;
        this.target = target;
    }

    /** What it stands for. */
    Resolved resolve() {
        if (state == State.RESOLVING) {
            scope.module().problem(name.span(), "The alias stands for itself.", "Name what it should stand for.");
            return new Resolved.Broken();
        }
        if (state == State.NEW) {
            state = State.RESOLVING;
            Budget budget = scope.program().budget();
            if (budget.enter()) {
                resolved = lookUp();
            } else {
                scope.module().problem(name.span(), "Too many aliases stand for one another.", "Name the type itself.");
            }
            budget.leave();
            state = State.RESOLVED;
        }
        return resolved;
    }

    private Resolved lookUp() {
        Resolver resolver = new Resolver(scope, Implicits.NONE);
        Branded branded = resolver.resolve(target);
        return switch (branded) {
            case null -> new Resolved.Broken();
            case Branded.Variable variable -> new Resolved.Parameter(variable.scopeId(), variable.index());
            case Branded.Declared declared -> {
                Brand brand = declared.bindings().toBrand(resolver.types());
                yield new Resolved.Found(
                        declared.referent(), scope.id(), brand.scopes().isEmpty() ? null : brand);
            }
        };
    }
}
