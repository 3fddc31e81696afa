package dev.capstan.capnweb.bind;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What peers call something: a method, a component of a record, a constant of an enum, a case of a sealed interface (its tag; it keeps its Java name in TypeScript), any
 * other type or a parameter (in TypeScript declarations).
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.PARAMETER})
public @interface Named {
    /** The name. */
    String value();
}
