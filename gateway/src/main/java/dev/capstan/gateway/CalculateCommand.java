package dev.capstan.gateway;

import dev.capstan.async.Address;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.Infix;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Calls a calculator, in whatever language it is written. */
@Command(
        name = "calculate",
        description = "Let a calculator compute an expression.",
        footer = {
            "",
            "Numbers, + - * / and brackets are computed by the server; pow(x, y) is a function of this process, which the server calls back."
        },
        mixinStandardHelpOptions = true)
final class CalculateCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "ADDRESS",
            description = "host:port or unix:PATH, as ./capstan demo prints it.")
    private String address = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "EXPRESSION",
            description = "For example \"pow(2, 10) - 1\"; by default \"${DEFAULT-VALUE}\".",
            defaultValue = "(3 + 4) * 6")
    private String expression = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Address to;
        Infix infix;
        try {
            to = Address.parse(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try {
            infix = Infix.parse(expression);
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println("capstan: " + e.getMessage());
            return ExitException.USAGE;
        }
        try (NetLoop net = NetLoop.open("calculate", Transport.AUTO);
                Vat vat = Vat.on(net.loop()).build()) {
            Peer peer = vat.connect(net.network(), to).await();
            try (Calculator.Client calculator = peer.bootstrap(Calculator.TYPE)) {
                double number = infix.evaluate(net.loop(), calculator);
                out.println(
                        number == Math.rint(number) && Math.abs(number) < 1e15
                                ? Long.toString((long) number)
                                : Double.toString(number));
            }
        }
        return 0;
    }
}
