package dev.capstan.interop.offenders.grpc;

/** Twelve named types, five of them public: more than a third. What is local or anonymous does not count. */
public final class Crowd {
    public record A(int value) {}

    public record B(int value) {}

    public record C(int value) {}

    public record D(int value) {}

    record E(int value) {}

    record F(int value) {
        /** Public in name only: nobody outside sees what is around it. */
        public record InF(int value) {}
    }

    record G(int value) {}

    record H(int value) {}

    record I(int value) {}

    record J(int value) {}

    Runnable uncounted() {
        record Local(int value) {}
        return new Runnable() {
            @Override
            public void run() {
                new Local(1).value();
            }
        };
    }
}
