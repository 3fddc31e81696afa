package dev.capstan.gateway.call;

import dev.capstan.cap.Failure;
import dev.capstan.gateway.dial.CallPath;
import dev.capstan.gateway.dial.CallPath.Step;
import dev.capstan.gateway.dial.Ref;
import dev.capstan.gateway.dial.Remote;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.grpc.GrpcFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Statements about one server, and the variables that hold what they gave. For one thread. */
final class Repl implements AutoCloseable {
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*([\\p{L}_$][\\p{L}\\p{N}_$]*)\\s*=(?!=)(.*)", Pattern.DOTALL);
    private static final String HELP = """
            PATH            call and print: getNode().node.depth(), list[0].name, add(1, 2), add({a: 1, b: 2})
            x = PATH        keep what it leads to; nothing is waited for. x can be called, and be an argument: keep(x)
            vars            what there is
            release x       give it back
            ls              what can be called
            describe NAME   a definition of the schema
            exit            or Ctrl-D
            Behind each statement: how many calls left, and for how many round trips it had to wait.
            """;

    private static final List<String> COMMANDS = List.of("help", "vars", "release ", "ls", "describe ", "exit");

    private final Remote remote;
    private final Consumer<String> out;
    private final Map<String, Ref> variables = new TreeMap<>();
    private int failures;

    Repl(Remote remote, Consumer<String> out) {
        this.remote = remote;
        this.out = out;
    }

    int failures() {
        return failures;
    }

    Map<String, Ref> variables() {
        return variables;
    }

    /** Does what a line says, and tells what went wrong. Whether there may be another. */
    boolean run(String line) {
        String statement = line.strip();
        if (statement.isEmpty() || statement.startsWith("#")) {
            return true;
        }
        if (statement.equals("exit") || statement.equals("quit")) {
            return false;
        }
        remote.tally().take();
        try {
            perform(statement);
        } catch (InputException e) {
            failed("error: " + e.getMessage());
        } catch (GrpcFailure e) {
            failed("failed: " + e.code() + ": " + e.reason());
        } catch (ExitException e) {
            failed("failed: " + e.getMessage());
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            failed("failed (" + failure.kind().name().toLowerCase(java.util.Locale.ROOT) + "): " + failure.reason());
        }
        String cost = remote.tally().take();
        if (!cost.isEmpty()) {
            out.accept("  [" + cost + "]");
        }
        return true;
    }

    private void failed(String why) {
        failures++;
        out.accept(why);
    }

    private void perform(String statement) throws InputException {
        String[] words = statement.split("\\s+", 2);
        switch (words[0]) {
            case "help" -> out.accept(HELP.stripTrailing());
            case "vars" -> variables.forEach((name, ref) -> out.accept(name + ": " + ref.kind()));
            case "ls" -> remote.list().forEach(out);
            case "describe" ->
                out.accept(remote.describe(words.length > 1 ? words[1].strip() : "")
                        .stripTrailing());
            case "release" -> release(words.length > 1 ? words[1].strip() : "");
            default -> {
                Matcher assignment = ASSIGNMENT.matcher(statement);
                if (assignment.matches()) {
                    assign(assignment.group(1), assignment.group(2).strip());
                } else {
                    print(statement);
                }
            }
        }
    }

    private void release(String name) throws InputException {
        Ref ref = variables.remove(name);
        if (ref == null) {
            throw new InputException("There is no variable '" + name + "'. `vars` lists them.");
        }
        ref.close();
    }

    private void assign(String name, String text) throws InputException {
        CallPath path = CallPath.parse(text);
        if (bare(path) != null) {
            throw new InputException("'" + text + "' is kept already, under that name.");
        }
        Ref value = reach(path);
        Ref before = variables.put(name, value);
        if (before != null) {
            before.close();
        }
        out.accept(name + ": " + value.kind());
    }

    private void print(String text) throws InputException {
        CallPath path = CallPath.parse(text);
        Ref variable = bare(path);
        if (variable != null) {
            variable.print(out);
            return;
        }
        try (Ref value = reach(path)) {
            value.print(out);
        }
    }

    /** The variable that a path is, if it is nothing else. */
    private @Nullable Ref bare(CallPath path) {
        return path.steps().size() == 1 && path.steps().getFirst() instanceof Step.Name(String name)
                ? variables.get(name)
                : null;
    }

    /** What a path leads to, which begins with a variable or at the server; the caller owns it. */
    private Ref reach(CallPath path) throws InputException {
        Ref variable = variables.get(first(path));
        if (variable == null) {
            try (Ref root = remote.root()) {
                return path.from(root, variables);
            }
        }
        List<Step> further = new ArrayList<>(path.steps());
        if (further.removeFirst() instanceof Step.Call(String name, List<@Nullable Object> arguments)) {
            further.addFirst(new Step.Call("", arguments));
        }
        return new CallPath(further).from(variable, variables);
    }

    private static String first(CallPath path) {
        return path.steps().isEmpty()
                ? ""
                : switch (path.steps().getFirst()) {
                    case Step.Name(String name) -> name;
                    case Step.Call(String name, List<@Nullable Object> arguments) -> name;
                    case Step.Index index -> "";
                };
    }

    /** What a line may become that ends at the cursor: names by the schema, and variables. Nothing is called for that. */
    List<String> completions(String line) {
        Matcher assignment = ASSIGNMENT.matcher(line);
        int start = assignment.matches() ? assignment.start(2) : 0;
        while (start < line.length() && line.charAt(start) == ' ') {
            start++;
        }
        int open = 0;
        int word = start;
        for (int at = start; at < line.length(); at++) {
            char c = line.charAt(at);
            open += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            if ((c == '.' && open == 0) || ("([{,: ".indexOf(c) >= 0 && open > 0)) {
                word = at + 1;
            }
        }
        String before = line.substring(0, word);
        String typed = line.substring(word);
        List<String> members = new ArrayList<>();
        if (open > 0 || word == start) {
            members.addAll(variables.keySet());
        }
        if (open == 0) {
            members.addAll(members(line.substring(start, Math.max(start, word - 1)), start == 0));
        }
        return members.stream()
                .filter(each -> each.startsWith(typed))
                .map(each -> before + each)
                .toList();
    }

    private List<String> members(String path, boolean isStatement) {
        if (path.isEmpty()) {
            List<String> all = new ArrayList<>(remote.members(null, List.of()));
            all.addAll(isStatement ? COMMANDS : List.of());
            return all;
        }
        try {
            CallPath parsed = CallPath.parse(path);
            List<Step> steps = parsed.steps();
            Ref variable = variables.get(first(parsed));
            return variable == null
                    ? remote.members(null, steps)
                    : remote.members(variable, steps.subList(1, steps.size()));
        } catch (InputException e) {
            return List.of(); // Not a path yet.
        }
    }

    @Override
    public void close() {
        variables.values().forEach(Ref::close);
        variables.clear();
    }
}
