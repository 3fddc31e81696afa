package dev.capstan.capnp.rpc;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import java.util.EnumSet;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Proves that a test catches a deliberate fault: runs the test once as it is and once with the fault switched on, and demands that
 * it passes first and fails then. A test that passes with the fault does not test what its name says.
 *
 * <p>The fault travels in a {@link ScopedValue}, so nothing is left behind for the tests that run afterwards. The fixture that
 * constructs the code under test asks {@link #active} and hands the answer to the constructor: with {@code enum Fault} in the code,
 * {@code new Vat(..., FaultRunner.active(Fault.class))}. This works as long as a test runs on the thread that started it, which is
 * JUnit's way unless a time-out of its own thread is asked for.
 *
 * <p>Each run has a time limit, because many faults end in a result that never comes.
 */
@NullMarked
final class FaultRunner {
    private static final ScopedValue<Enum<?>> FAULT = ScopedValue.newInstance();
    private static final String TIMEOUT = "20 s";

    private FaultRunner() {}

    /** The fault that is switched on around the running test, as a set of one; empty outside {@link #assertCaught}. */
    static <F extends Enum<F>> EnumSet<F> active(Class<F> faults) {
        EnumSet<F> active = EnumSet.noneOf(faults);
        if (FAULT.isBound() && faults.isInstance(FAULT.get())) {
            active.add(faults.cast(FAULT.get()));
        }
        return active;
    }

    /**
     * Throws an {@link AssertionError} unless the test passes without {@code fault} and fails with it.
     *
     * @param test {@code binary.ClassName#method}, as in {@code parity.json}
     * @return what the test said when it failed, for the report
     */
    static String assertCaught(Enum<?> fault, String test) {
        Optional<Throwable> without = failure(run(test), test);
        if (without.isPresent()) {
            throw new AssertionError(
                    test + " fails without a fault, so it cannot show that it catches " + fault, without.get());
        }
        Optional<Throwable> with = failure(ScopedValue.where(FAULT, fault).call(() -> run(test)), test);
        return with.orElseThrow(
                        () -> new AssertionError(test + " passes with the fault " + fault + ": it does not catch it"))
                .toString();
    }

    private static TestExecutionSummary run(String test) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = request()
                .selectors(selectMethod(test))
                .configurationParameter("junit.jupiter.execution.timeout.default", TIMEOUT)
                .build();
        // Listeners of the surrounding run are left out: a deliberate failure must not stand in its report.
        LauncherConfig config = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .build();
        LauncherFactory.create(config).execute(request, listener);
        return listener.getSummary();
    }

    private static Optional<Throwable> failure(TestExecutionSummary summary, String test) {
        @Nullable
        Throwable first = summary.getFailures().isEmpty()
                ? null
                : summary.getFailures().getFirst().getException();
        long judged = summary.getTestsSucceededCount() + summary.getTotalFailureCount();
        if (judged == 0) {
            throw new AssertionError(
                    "no test " + test + " ran: give binary.ClassName#method of a test that is neither disabled nor "
                            + "aborted by an assumption here");
        }
        return Optional.ofNullable(first);
    }
}
