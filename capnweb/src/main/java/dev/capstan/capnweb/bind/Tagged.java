package dev.capstan.capnweb.bind;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the member that tells the cases of a sealed interface apart; {@code type} without this. Its value is the simple name of the record, or what {@link Named}
 * says about it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Tagged {
    /** The member. */
    String value();
}
