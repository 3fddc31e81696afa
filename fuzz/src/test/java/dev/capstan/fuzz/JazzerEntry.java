package dev.capstan.fuzz;

/** What Jazzer calls, in a process of its own; {@code -Dcapstan.fuzz.target} names the {@link Target}. */
public final class JazzerEntry {
    private static final Target TARGET = Target.valueOf(System.getProperty("capstan.fuzz.target", "WALK"));
    private static final Oracle ORACLE = new Oracle();

    private JazzerEntry() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        ORACLE.check(TARGET, input);
    }
}
