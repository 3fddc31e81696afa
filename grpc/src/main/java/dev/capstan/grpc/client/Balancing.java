package dev.capstan.grpc.client;

import java.time.Duration;

/** Which of several servers gets a call. Least request is not here: grpc-java has it in its xDS module alone. */
public sealed interface Balancing {
    /**
     * All calls to the first server that can be reached.
     *
     * @param shuffled whether the servers are tried in random order
     */
    record PickFirst(boolean shuffled) implements Balancing {}

    /** Each call to the next server that is connected. */
    record RoundRobin() implements Balancing {}

    /**
     * As {@code among}, but servers whose calls fail too often get none for a time.
     *
     * @param among how calls are spread over the servers that are left
     * @param interval how often failures are counted
     * @param ejection for how long a server gets no calls; a multiple of it when that happens again
     * @param maxEjectedPercent 0..100; at most so many servers are left out
     * @param failurePercent 0..100; a server is left out whose calls fail more often than this
     * @param minServers a server is judged only if at least so many have had enough calls; at least 1
     * @param minCalls a server is judged only if it had at least so many calls in an interval; at least 1
     */
    record OutlierDetection(
            Balancing among,
            Duration interval,
            Duration ejection,
            int maxEjectedPercent,
            int failurePercent,
            int minServers,
            int minCalls)
            implements Balancing {
        /** Checks the ranges. */
        public OutlierDetection {
            if (among instanceof OutlierDetection) {
                throw new IllegalArgumentException(
                        "outlier detection within outlier detection: name pick first or round robin");
            }
            ServiceConfig.positive("interval", interval);
            ServiceConfig.positive("ejection", ejection);
            ServiceConfig.between("maxEjectedPercent", maxEjectedPercent, 0, 100);
            ServiceConfig.between("failurePercent", failurePercent, 0, 100);
            ServiceConfig.between("minServers", minServers, 1, Integer.MAX_VALUE);
            ServiceConfig.between("minCalls", minCalls, 1, Integer.MAX_VALUE);
        }
    }
}
