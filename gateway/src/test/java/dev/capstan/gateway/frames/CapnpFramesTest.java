package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.BytePipe;
import dev.capstan.async.SimLoop;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.Schema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnp.rpc.protocol.Call;
import dev.capstan.capnp.rpc.protocol.Exception;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.capnp.rpc.protocol.Return;
import dev.capstan.capnp.text.TextForm;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.CalculatorServer;
import dev.capstan.examples.calculator.Operator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Messages of Cap'n Proto, taken apart. */
class CapnpFramesTest {
    private static final String SCHEMA = """
            @0xa7d3c1f0e5b69285;
            interface Door {
              enter @0 (user :Text, password :Text, picture :Data, colour :Colour, extra :Extra);
              getToken @1 () -> (value :Text);
              all @2 (nothings :List(Void));
            }
            enum Colour { red @0; green @1; }
            struct Extra { union { none @0 :Void; number @1 :Int32; inner @2 :Extra; } clientSecret @3 :Text; }
            """;
    private static final SchemaLoader LOADER = new SchemaLoader();
    private static final InterfaceSchema DOOR = door();

    private static InterfaceSchema door() {
        SourceFiles files = SourceFiles.of(Map.of("door.capnp", SCHEMA.getBytes(StandardCharsets.UTF_8)));
        Compilation compilation =
                new Compiler(List.of(SourceFiles.standard())).compile(List.of(new SchemaPath(files, "door.capnp")));
        assertTrue(compilation.succeeded(), () -> compilation.problems().toString());
        Schema file = LOADER.load(compilation.request()).getFirst();
        return (InterfaceSchema) Objects.requireNonNull(file.nested("Door"));
    }

    private static Decoding decoding() {
        return Decoding.plain().with(LOADER);
    }

    private static byte[] call(int id, String method, String params) {
        InterfaceSchema.Method called = DOOR.method(method);
        MessageBuilder message = new MessageBuilder();
        Call.Builder call = message.initRoot(Message.TYPE).initCall();
        call.setQuestionId(id);
        call.initTarget().setImportedCap(0);
        call.setInterfaceId(called.owner().id());
        call.setMethodId(called.ordinal());
        DynamicStruct.Builder content =
                call.initParams().getContent().init(called.params().structType());
        TextForm.parse(params, content);
        return message.toByteArray();
    }

    private static byte[] results(int id, String method, String text) {
        InterfaceSchema.Method called = DOOR.method(method);
        MessageBuilder message = new MessageBuilder();
        Return.Builder answer = message.initRoot(Message.TYPE).initReturn();
        answer.setAnswerId(id);
        TextForm.parse(
                text, answer.initResults().getContent().init(called.results().structType()));
        return message.toByteArray();
    }

    private static byte[] failure(int id, String reason) {
        MessageBuilder message = new MessageBuilder();
        Return.Builder answer = message.initRoot(Message.TYPE).initReturn();
        answer.setAnswerId(id);
        Exception.Builder exception = answer.initException();
        exception.setType(Exception.Type.OVERLOADED);
        exception.setReason(reason);
        return message.toByteArray();
    }

    @Test
    void a_conversation_of_two_vats_is_told_by_names() {
        SimLoop sim = new SimLoop();
        List<Frame> frames = new ArrayList<>();
        SchemaLoader loader = new SchemaLoader();
        loader.load(Calculator.TYPE);
        Tap tap = new Tap(sim.loop(), Decoding.plain().with(loader), frames::add);
        BytePipe pipe = new BytePipe(sim.loop());
        try (Vat server = Vat.on(sim.loop()).serving(new CalculatorServer()).build();
                Vat client = Vat.on(sim.loop()).build()) {
            server.connect(tap.bytes(pipe.right(), Direction.TO_CLIENT));
            try (Calculator.Client calculator = client.connect(pipe.left()).bootstrap(Calculator.TYPE)) {
                var operator = calculator.getOperatorRequest();
                operator.params().setOp(Operator.ADD);
                var func = operator.send();
                var call = func.getFunc().callRequest();
                call.params().initArguments(2).set(0, 1.5);
                assertEquals(1.5, sim.await(call.send()).getNumber());
            }
            sim.poll();
        }
        sim.poll();
        List<String> lines = frames.stream().map(Heard::line).toList();
        assertEquals("-> capnp bootstrap 0", lines.getFirst());
        assertTrue(
                lines.containsAll(List.of(
                        "-> capnp call 1 on answer 0 of bootstrap: Calculator.getOperator (op = add)",
                        "-> capnp call 2 on answer 1.0 of Calculator.getOperator: Function.call (arguments = [1.5, 0])",
                        "<- capnp return 1 Calculator.getOperator [export 1] (func = <capability>)",
                        "<- capnp return 2 Function.call (number = 1.5)",
                        "-> capnp finish 1 Calculator.getOperator keeps capabilities")),
                () -> String.join("\n", lines));
        assertFalse(
                frames.stream().anyMatch(frame -> frame.standing() == Frame.Standing.BROKEN),
                () -> String.join("\n", lines));
    }

    @Test
    void without_a_schema_methods_have_numbers_and_contents_sizes() {
        Heard heard = new Heard().client(call(7, "enter", "(user = \"someone\")"));
        assertEquals(List.of("-> capnp call 7 on import 0: 0x%016x.0 6 words".formatted(DOOR.id())), heard.lines());
    }

    @Test
    void secrets_are_left_out_and_data_told_by_its_size() {
        Heard heard = new Heard(decoding())
                .client(
                        call(
                                1,
                                "enter",
                                "(user = \"u\", password = \"p1\", picture = 0x\"01 02 03\", colour = green, extra = (number = 5, clientSecret = \"p2\"))"));
        assertEquals(
                List.of(
                        "-> capnp call 1 on import 0: Door.enter (user = \"u\", password = <redacted>, picture = <3 bytes>, colour = green, extra = (number = 5, clientSecret = <redacted>))"),
                heard.lines());
    }

    @Test
    void a_method_that_is_about_secrets_shows_no_results() {
        Heard heard = new Heard(decoding())
                .client(call(1, "getToken", "()"))
                .server(results(1, "getToken", "(value = \"s3cret\")"));
        assertEquals("<- capnp return 1 Door.getToken <redacted>", heard.lines().getLast());
    }

    @Test
    void secrets_are_shown_to_whoever_asks_for_them() {
        Heard heard = new Heard(decoding().with(Secrets.SHOWN))
                .client(call(1, "getToken", "()"))
                .server(results(1, "getToken", "(value = \"s3cret\")"));
        assertEquals(
                "<- capnp return 1 Door.getToken (value = \"s3cret\")",
                heard.lines().getLast());
    }

    @Test
    void a_failure_tells_its_kind_and_reason() {
        Heard heard = new Heard(decoding()).client(call(3, "all", "()")).server(failure(3, "too\u001b much"));
        assertEquals(
                "<- capnp return 3 Door.all = overloaded too\\u001b much",
                heard.lines().getLast());
    }

    @Test
    void a_list_of_nothing_is_cut_as_every_content() {
        byte[] message = call(1, "all", "(nothings = [void])");
        // The number of elements is in the upper half of the list's pointer, which is the last word.
        int at = message.length - 4;
        message[at] = (byte) 0xf8;
        message[at + 1] = (byte) 0xff;
        message[at + 2] = (byte) 0xff;
        message[at + 3] = (byte) 0x07;
        Heard heard = new Heard(decoding()).client(message);
        assertTrue(heard.lines().getFirst().length() < 400, heard.lines()::toString);
    }

    @Test
    void a_message_longer_than_is_decoded_is_told_by_its_size_and_the_next_is_decoded() {
        byte[] large = call(1, "enter", "(user = \"" + "x".repeat(5000) + "\")");
        Heard heard = new Heard(decoding().with(Limits.DEFAULT.withMessageBytes(1000)))
                .client(large)
                .client(call(2, "all", "()"));
        assertEquals(
                List.of(
                        "-> capnp message longer than the 1000 bytes that are decoded",
                        "-> capnp call 2 on import 0: Door.all ()"),
                heard.lines());
        assertEquals(large.length, heard.frames.getFirst().bytes());
    }

    @Test
    void messages_may_arrive_byte_by_byte() {
        Heard whole = new Heard(decoding());
        Heard pieces = new Heard(decoding());
        for (byte[] message : List.of(call(1, "all", "()"), call(2, "enter", "(user = \"u\")"))) {
            whole.client(message);
            for (byte each : message) {
                pieces.client(new byte[] {each});
            }
        }
        assertEquals(2, whole.frames.size());
        assertEquals(whole.frames, pieces.frames);
    }

    @Test
    void a_broken_message_is_told_and_the_next_is_decoded() {
        byte[] broken = call(1, "all", "()");
        broken[8] = (byte) 0xff;
        broken[9] = (byte) 0xff;
        Heard heard = new Heard(decoding()).client(broken).client(call(2, "all", "()"));
        assertEquals(Frame.Standing.BROKEN, heard.frames.getFirst().standing());
        assertEquals("-> capnp call 2 on import 0: Door.all ()", heard.lines().getLast());
    }

    @Test
    void a_connection_that_ends_inside_a_message_says_so() {
        byte[] message = call(1, "all", "()");
        Heard heard = new Heard(decoding());
        heard.decoder.received(0, Direction.TO_SERVER, message, 0, message.length - 1);
        heard.decoder.ended(0, Direction.TO_SERVER, "");
        assertEquals(List.of("-> capnp cut the connection ended inside a message", "-> connection end"), heard.lines());
    }
}
