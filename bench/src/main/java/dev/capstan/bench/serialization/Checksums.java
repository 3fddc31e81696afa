package dev.capstan.bench.serialization;

import java.io.IOException;

/** Prints for each workload and mode what comes out of the first iterations; bench/target/peers/serialization does the same in C++. */
public final class Checksums {
    private Checksums() {}

    /** The argument is how many iterations. */
    public static void main(String[] arguments) throws IOException {
        int iterations = Integer.parseInt(arguments[0]);
        for (String workload : new String[] {"carsales", "catrank", "eval"}) {
            for (String mode : new String[] {"object", "bytes", "packed"}) {
                for (boolean reuse : new boolean[] {false, true}) {
                    System.out.println(workload + " " + mode + " " + (reuse ? "reuse" : "fresh") + " "
                            + Long.toHexString(sum(new Exchange(workload, mode, reuse), iterations)));
                }
            }
        }
    }

    private static long sum(Exchange exchange, int iterations) throws IOException {
        long sum = 0;
        for (int i = 0; i < iterations; i++) {
            sum = 31 * sum + exchange.once();
        }
        return sum;
    }
}
