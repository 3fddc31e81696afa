package dev.capstan.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks tests that need a program which this project does not build: a C++ compiler with its libraries, workerd, node.
 *
 * <p>{@code ./verify --quick} leaves them out. Where the peer cannot be had, such a test ends with a failed assumption that says
 * which peer is missing and how to get it; {@code ./verify} counts those and prints the reasons.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Tag("foreign-peer")
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface ForeignPeer {}
