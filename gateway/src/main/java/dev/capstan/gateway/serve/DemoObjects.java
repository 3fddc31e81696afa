package dev.capstan.gateway.serve;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.InterfaceType;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.CalculatorServer;
import dev.capstan.examples.chat.ChatServer;
import dev.capstan.examples.chat.Lobby;
import dev.capstan.examples.files.Files;
import dev.capstan.examples.files.FilesServer;
import dev.capstan.gateway.translate.Bridge;
import io.grpc.ServerServiceDefinition;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The objects that the program has to show, by name. One of each for all clients. Belongs to the loop, on whose thread it is made. */
public final class DemoObjects {
    /** What there is. */
    public static final Set<String> NAMES = Set.of("calculator", "chat", "files");

    private static final int SAMPLE_BYTES = 8 << 20;

    private final Loop loop;
    private final Clock clock;
    private final Bridge bridge;
    private final SchemaLoader schemas;

    /** Objects on {@code loop}; those of Cap'n Proto pass {@code bridge} to clients of Cap'n Web, and their schemas are loaded into {@code schemas}. */
    public DemoObjects(Loop loop, Clock clock, Bridge bridge, SchemaLoader schemas) {
        this.loop = loop;
        this.clock = clock;
        this.bridge = bridge;
        this.schemas = schemas;
    }

    /**
     * One of them, to be served at a path.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public Offer offer(String path, String name) {
        return switch (name) {
            case "calculator" -> {
                Calculator.Client calculator = Calculator.TYPE.serve(loop, new CalculatorServer());
                yield ofCapnp(
                        path, Calculator.TYPE, calculator, List.of(CalculatorService.of(loop, calculator.share())));
            }
            case "files" -> ofCapnp(path, Files.TYPE, Files.TYPE.serve(loop, new FilesServer(samples())), List.of());
            case "chat" -> {
                Lobby lobby = ChatServer.lobby(clock);
                Binder binder = Binder.of(MethodHandles.lookup());
                yield new Offer(
                        path,
                        () -> Promise.of(binder.serve(loop, lobby)),
                        null,
                        Set.of(),
                        List.of(),
                        new Offer.About.Declarations(binder.declarations(Lobby.class)));
            }
            default -> throw new IllegalArgumentException("there is no object '" + name + "': choose from " + NAMES);
        };
    }

    private <C extends Client> Offer ofCapnp(
            String path, InterfaceType<C> type, C client, List<ServerServiceDefinition> services) {
        Cap object = client.cap();
        InterfaceSchema schema = schemas.load(type);
        return new Offer(
                path,
                () -> Promise.of(bridge.toWeb(schema, object.share())),
                peer -> Promise.of(object.share()),
                interfaces(schema),
                services,
                new Offer.About.Interface(schema, schemas));
    }

    /** Ids of an interface and all that it extends. */
    public static Set<Long> interfaces(InterfaceSchema schema) {
        return schema.lineage().stream().map(InterfaceSchema::id).collect(Collectors.toSet());
    }

    /** Something to read: a text, and a file that takes a moment, whose bytes are those of a counter. */
    private static Map<String, byte[]> samples() {
        byte[] large = new byte[SAMPLE_BYTES];
        for (int at = 0; at < large.length; at += Integer.BYTES) {
            int number = at / Integer.BYTES;
            large[at] = (byte) number;
            large[at + 1] = (byte) (number >>> 8);
            large[at + 2] = (byte) (number >>> 16);
            large[at + 3] = (byte) (number >>> 24);
        }
        String hello = "A file in the memory of the demo. Write one of your own: it is there until the demo ends.\n";
        return Map.of("hello.txt", hello.getBytes(StandardCharsets.UTF_8), "numbers.bin", large);
    }
}
