package dev.capstan.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks tests that take more than a few seconds, such as simulations over many seeds; {@code ./verify --quick} leaves them out.
 *
 * <p>A test that is worth running in a smaller size reads the system property {@code capstan.quick} instead, which is
 * {@code true} under {@code --quick}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Tag("long-run")
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface LongRun {}
