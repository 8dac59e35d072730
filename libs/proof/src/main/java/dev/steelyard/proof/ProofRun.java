package dev.steelyard.proof;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs proofs with nothing said but what they say. Arguments: names of test classes. Exits with 1 when a claim fails, a
 * proof breaks, or nothing ran.
 */
public final class ProofRun {
    private ProofRun() {}

    public static void main(String[] classes) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(classes)
                        .map(DiscoverySelectors::selectClass)
                        .toList())
                .build();
        Outcome outcome = new Outcome();
        LauncherFactory.create().execute(request, outcome);
        System.out.flush();
        System.exit(outcome.succeeded() ? 0 : 1); // threads of native libraries may still be there
    }

    /** What came of the tests. */
    private static final class Outcome implements TestExecutionListener {
        private int passed;
        private int failed;

        boolean succeeded() {
            return passed > 0 && failed == 0;
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                passed += test.isTest() ? 1 : 0;
                return;
            }
            failed++;
            result.getThrowable().ifPresent(failure -> tell(test, failure));
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            failed++;
            System.out.println("not run: " + test.getDisplayName() + ": " + reason);
        }

        private static void tell(TestIdentifier test, Throwable failure) {
            System.out.println("proof failed: " + test.getDisplayName() + ": " + failure.getMessage());
            if (isOfTheProof(failure)) {
                return;
            }
            failure.printStackTrace(System.out);
        }

        /** Whether the message says it all. */
        private static boolean isOfTheProof(Throwable failure) {
            return failure instanceof JobFailed
                    || (failure instanceof AssertionError && thrownBy(failure).equals(Claims.class.getName()));
        }

        private static String thrownBy(Throwable failure) {
            List<StackTraceElement> trace = List.of(failure.getStackTrace());
            return trace.isEmpty()
                    ? ""
                    : Objects.requireNonNull(trace.getFirst()).getClassName();
        }
    }
}
