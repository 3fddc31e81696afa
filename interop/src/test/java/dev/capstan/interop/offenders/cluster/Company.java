package dev.capstan.interop.offenders.cluster;

/** Innocent: four public types of twelve. */
public final class Company {
    public record A(int value) {}

    public record B(int value) {}

    public record C(int value) {}

    record D(int value) {}

    record E(int value) {}

    record F(int value) {}

    record G(int value) {}

    record H(int value) {}

    record I(int value) {}

    record J(int value) {}

    record K(int value) {}
}
