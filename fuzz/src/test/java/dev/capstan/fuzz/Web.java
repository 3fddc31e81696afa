package dev.capstan.fuzz;

import dev.capstan.capnweb.Strangers;
import java.util.List;

/** Operations of the targets of Cap'n Web; they throw nothing. */
final class Web {
    /** A value of two characters is an object of some sixty bytes, in a list that has room for ten. */
    private static final Operation.Cost READING = new Operation.Cost(512, 1 << 20, 64, 1 << 13);

    /** Each value is read twice and written twice; a text grows when it is escaped, and a session of the test's own is made. */
    private static final Operation.Cost WRITING = new Operation.Cost(2048, 2 << 20, 64, 1 << 13);

    /** A line may call, loop or map within the limits of the test, whatever its length. */
    private static final Operation.Cost RUNNING = new Operation.Cost(16 << 10, 64 << 20, 4096, 1 << 20);

    static final List<Operation> JSON = List.of(
            new Operation("parse", Strangers::json, READING),
            new Operation("write what was parsed, and read it again", Strangers::jsonAgain, WRITING));

    static final List<Operation> EXPRESSIONS = List.of(
            new Operation("decode", Strangers::expression, WRITING),
            new Operation("encode what was decoded, and decode it again", Strangers::expressionAgain, WRITING));

    static final List<Operation> MAPS = List.of(new Operation("map", Strangers::map, RUNNING));

    static final List<Operation> BATCHES = List.of(new Operation("answer a batch", Strangers::batch, RUNNING));

    static final List<Operation> PROGRAMS = List.of(new Operation("run a program", Strangers::program, RUNNING));

    private Web() {}
}
