package dev.capstan.capnweb.bind;

import org.jspecify.annotations.Nullable;

/**
 * How the values of one Java type travel: what they are in a value tree, what a tree must be to become one, and what TypeScript calls them.
 *
 * <p>Immutable once it is built, and used from any thread.
 */
interface Shape {
    /** The tree that {@code value} is; references in it are noted in {@code to}. */
    @Nullable
    Object write(@Nullable Object value, Writing to);

    /** The value that {@code tree}, which is borrowed, stands for; references that it holds are noted in {@code from}. */
    @Nullable
    Object read(@Nullable Object tree, Reading from);

    /** The type in TypeScript; what it refers to is declared in {@code out}. */
    String typescript(TypeScript out);

    /** Whether an object may lack a member of this type. */
    default boolean mayBeMissing() {
        return false;
    }

    /** Whether the type of TypeScript is a union or a function, which needs parentheses in places. */
    default boolean isCompound() {
        return false;
    }
}
