package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each deliberate fault is caught by the test that is there for it. */
class FaultsTest {
    private static final String PACKAGE = "dev.capstan.capnp.rpc.";

    @ParameterizedTest(name = "{0}")
    @EnumSource(Fault.class)
    void a_deliberate_fault_is_caught_by_a_named_test(Fault fault) {
        String test = switch (fault) {
            case NO_EMBARGO -> "PromiseParityTest#calls_keep_their_order_when_a_reference_turns_out_to_be_local";
            case NO_FINISH -> "CancelParityTest#a_capability_in_a_return_that_crosses_the_finish_is_released";
            case RELEASE_ONE_TOO_FEW ->
                "ReferenceParityTest#an_object_lives_until_capability_and_response_are_both_dropped";
            case RESULTS_SENT_TWICE -> "CallParityTest#calls_arrive_and_a_failing_one_leaves_the_connection_usable";
            case LEAK_ANSWER -> "CallParityTest#calls_arrive_and_a_failing_one_leaves_the_connection_usable";
            case CANCEL_DOES_NOT_REACH_SOURCE ->
                "CancelParityTest#cancelling_a_running_call_makes_the_server_drop_its_parameters";
            case NO_RESOLVE -> "PromiseParityTest#a_promise_in_the_parameters_is_called_before_and_after_it_resolves";
            case EXPORT_NOT_SHARED -> "ReferenceParityTest#a_capability_has_one_export_id_however_often_it_is_sent";
            case DISEMBARGO_LOST -> "PromiseParityTest#calls_keep_their_order_when_a_reference_turns_out_to_be_local";
            case NO_REMOTE_PREFIX -> "CallParityTest#a_failure_arrives_with_its_reason_and_kind";
            case RESULTS_NEVER_TAKEN -> "CancelParityTest#the_result_of_a_tail_call_comes_from_the_callee";
            case KEEP_PARAM_CAPS -> "ReferenceParityTest#a_capability_is_sent_again_after_its_export_was_released";
        };
        FaultRunner.assertCaught(fault, PACKAGE + test);
    }

    @Test
    void there_are_twelve() {
        assertEquals(12, EnumSet.allOf(Fault.class).size());
    }
}
