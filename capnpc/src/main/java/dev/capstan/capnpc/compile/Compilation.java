package dev.capstan.capnpc.compile;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.source.Problem;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What came of a run: a request, or what is wrong with the schemas. */
public final class Compilation {
    private final List<Problem> problems;
    private final @Nullable MessageBuilder request;

    Compilation(List<Problem> problems, @Nullable MessageBuilder request) {
        this.problems = problems;
        this.request = request;
    }

    /** What is wrong, file by file; empty if there is a request. */
    public List<Problem> problems() {
        return problems;
    }

    /** Whether there is a request. */
    public boolean succeeded() {
        return request != null;
    }

    /** The request as a message of its own, to be sent to a plugin; throws {@link IllegalStateException} with the problems if there is none. */
    public MessageBuilder message() {
        if (request == null) {
            throw new IllegalStateException(problems.stream()
                    .map(Problem::toString)
                    .collect(Collectors.joining("\n", "The schemas have problems:\n", "")));
        }
        return request;
    }

    /** The request, to be read; throws like {@link #message}. */
    public CodeGeneratorRequest.Reader request() {
        return message().asReader().as(CodeGeneratorRequest.TYPE);
    }
}
