package dev.capstan.capnpc.breaking;

import java.util.Locale;

/**
 * What a change can do wrong. The rules are those of "Evolving Your Protocol" in Cap'n Proto's description of its language: what is not
 * listed there as allowed breaks.
 */
public enum Rule {
    /** A struct, enum or interface is gone, or (source only) a constant or annotation. */
    DECLARATION_REMOVED,
    /** A declaration has another id. Ids that the source does not name follow from the name and from the id around it. */
    ID_CHANGED,
    /** What was a struct, say, is an enum. */
    KIND_CHANGED,
    /** The number of a field or parameter is no longer used. */
    ORDINAL_REMOVED,
    /** A field, parameter or method has another number, or two have changed places. */
    ORDINAL_CHANGED,
    /** The type of a field, parameter, superclass or type argument is another one. */
    TYPE_CHANGED,
    /** The default of a field or parameter is another one. */
    DEFAULT_CHANGED,
    /** A field went into or out of a group or union that existed before, or a new one took in more than one old field. */
    FIELD_MOVED,
    /** A member of a union has another tag. */
    DISCRIMINANT_CHANGED,
    /** Fields or a union's tag lie elsewhere in the struct; what moved them is usually reported, too. */
    LAYOUT_CHANGED,
    /** The number of a method is no longer used. */
    METHOD_REMOVED,
    /** A method that was declared {@code -> stream} no longer is, or the other way round, or its parameters have a named type instead of a list. */
    METHOD_CHANGED,
    /** An interface no longer extends another one, directly or through others. */
    SUPERCLASS_REMOVED,
    /** The number of an enumerant is no longer used. */
    ENUMERANT_REMOVED,
    /** An enumerant has another number. */
    ENUMERANT_REORDERED,
    /** A generic declaration or method has fewer type parameters, or has them in another order. */
    TYPE_PARAMETER_CHANGED,
    /** The value or type of a constant is another one. */
    CONSTANT_CHANGED,
    /** An annotation takes another type of value, or may no longer be used on something. */
    ANNOTATION_CHANGED,
    /** An annotation that decides about the JSON form, or about names and packages in a language, was added, changed or taken away. */
    ANNOTATED_DIFFERENTLY,
    /** Something has another name, or is declared in another place, under its old number or id. */
    RENAMED;

    /** The name in reports and configurations, such as {@code ordinal-removed}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
