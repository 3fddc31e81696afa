package dev.capstan.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks a test that shows the behaviour of one or more rows of a parity list, such as {@code R15} ("embargo") of the list taken
 * from Cap'n Proto's C++ tests.
 *
 * <p>{@code ParityTest} in {@code interop} compares the marks with {@code parity.json} in both directions and fails when a test
 * that the file names does not exist or did not run. {@code ./verify --update-parity} writes the marks into that file;
 * {@code ./verify --parity} runs the marked tests alone. On a method of a contract, each test class that inherits the method
 * stands for the row.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Tag("parity")
@Target(ElementType.METHOD)
public @interface Parity {
    /** Ids of the rows, for example {@code "R15"}. */
    String[] value();
}
