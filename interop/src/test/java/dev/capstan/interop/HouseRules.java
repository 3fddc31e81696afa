package dev.capstan.interop;

import java.util.Map;
import java.util.Set;

/**
 * The lists behind {@link HouseTest}: what each module may use, and each exception to a wall with its reason. A change of the plan
 * is a change here, with a line in ARCHITECTURE.md under "Departures from the plan, with reasons".
 *
 * <p>Exceptions name classes by their name below {@code dev.capstan}, such as {@code async.ParkPort}; nested classes count as part
 * of their outermost class. An exception that no class needs any more fails the test, so that the lists stay short.
 */
final class HouseRules {
    private HouseRules() {}

    /**
     * A module as the plan has it.
     *
     * @param home root package below {@code dev.capstan}; all classes of the module live there. It may lie within another module's
     * @param uses homes of the modules that it may use
     * @param outside package prefixes of third-party libraries that it may use; JSpecify's annotations are open to all
     * @param javaBaseAlone whether of the JDK it may use java.base only, instead of every {@code java.*} module
     */
    record Room(String home, Set<String> uses, Set<String> outside, boolean javaBaseAlone) {}

    private static final Set<String> ANY_ROOM = Set.of(
            "async",
            "cap",
            "net",
            "capnp",
            "capnp.json",
            "capnpc",
            "capnweb",
            "grpc",
            "cluster",
            "testkit",
            "testprotos",
            "examples",
            "examples.proto",
            "gateway");

    /** Section 2 of the plan, modules to come included. Keys are Maven's module folders, {@code examples/*} being one room. */
    static final Map<String, Room> ROOMS = Map.ofEntries(
            Map.entry("async", new Room("async", Set.of(), Set.of(), true)),
            Map.entry("cap", new Room("cap", Set.of("async"), Set.of(), true)),
            Map.entry(
                    "net",
                    new Room("net", Set.of("async"), Set.of("io.netty.", "jdk.net.", "org.bouncycastle."), false)),
            Map.entry("capnp", new Room("capnp", Set.of("async", "cap"), Set.of(), false)),
            Map.entry(
                    "capnp-json",
                    new Room(
                            "capnp.json",
                            Set.of("async", "cap", "capnp"),
                            Set.of("com.fasterxml.jackson.core."),
                            false)),
            Map.entry("capnpc", new Room("capnpc", Set.of("async", "cap", "capnp"), Set.of(), false)),
            Map.entry(
                    "capnp-maven-plugin",
                    new Room(
                            "maven",
                            Set.of("async", "cap", "capnp", "capnpc"),
                            Set.of("org.apache.maven.", "org.eclipse.aether.", "javax.inject."),
                            false)),
            Map.entry(
                    "capnweb",
                    new Room("capnweb", Set.of("async", "cap", "net"), Set.of("com.fasterxml.jackson.core."), false)),
            Map.entry(
                    "grpc",
                    new Room(
                            "grpc",
                            Set.of("async", "cap", "net"),
                            Set.of(
                                    "io.grpc.",
                                    "com.google.",
                                    "io.airlift.compress.",
                                    "org.brotli.dec.",
                                    "com.aayushatharva.brotli4j.",
                                    "io.opentelemetry.",
                                    "io.micrometer."),
                            false)),
            Map.entry(
                    "cluster",
                    new Room(
                            "cluster",
                            Set.of("async", "cap", "capnp", "net"),
                            Set.of("io.scalecube.", "reactor."),
                            false)),
            Map.entry(
                    "testkit",
                    new Room(
                            "testkit",
                            Set.of("async", "cap"),
                            Set.of("org.junit.", "org.opentest4j.", "org.apiguardian."),
                            false)),
            Map.entry("testprotos", new Room("testprotos", Set.of(), Set.of("io.grpc.", "com.google."), false)),
            Map.entry("protoc-gen-capstan", new Room("protoc", Set.of(), Set.of("com.google."), false)),
            Map.entry(
                    "gateway",
                    new Room(
                            "gateway",
                            ANY_ROOM,
                            Set.of(
                                    "picocli.",
                                    "org.jline.",
                                    "org.HdrHistogram.",
                                    "org.tomlj.",
                                    "io.micrometer.",
                                    "io.opentelemetry.",
                                    "io.grpc.",
                                    "io.netty.buffer.",
                                    "io.netty.handler.codec.http2.",
                                    "com.fasterxml.jackson.core.",
                                    "com.google.protobuf."),
                            false)),
            Map.entry(
                    "examples",
                    new Room("examples", ANY_ROOM, Set.of("io.grpc.", "com.google.", "io.opentelemetry."), false)),
            // What protoc and its plugin write for examples: no module of its own.
            Map.entry(
                    "examples.proto",
                    new Room("examples.proto", Set.of("async", "grpc"), Set.of("io.grpc.", "com.google."), false)),
            Map.entry(
                    "bench",
                    new Room(
                            "bench",
                            ANY_ROOM,
                            Set.of("org.openjdk.jmh.", "org.HdrHistogram.", "io.grpc.", "com.google.", "io.netty."),
                            false)),
            Map.entry("interop", new Room("interop", ANY_ROOM, Set.of(), false)),
            Map.entry("fuzz", new Room("fuzz", ANY_ROOM, Set.of("com.code_intelligence."), false)));

    /** Each translates between a Cap and a MessageStream and knows no other. */
    static final Set<String> WIRES = Set.of("capnp", "capnweb", "grpc");

    /** Programs and tests: they may see more than one wire. */
    static final Set<String> SEE_ALL_WIRES = Set.of("gateway", "interop", "fuzz", "bench", "examples");

    /** Session, vat and message code: streams come in, sockets never do. */
    static final Set<String> SOCKETLESS = Set.of("async", "cap", "capnp", "capnp.json", "capnpc", "capnweb", "grpc");

    /** Tests, measuring programs and what protoc generates, to which the walls about state, time and visibility do not apply. */
    static final Set<String> OUTSIDE_THE_WALLS = Set.of("interop", "fuzz", "bench", "testprotos", "examples.proto");

    /** Programs that are read rather than linked against: their share of public types says nothing. */
    static final Set<String> WITHOUT_PUBLIC_SHARE = Set.of("interop", "fuzz", "bench", "testprotos", "examples");

    /** Packages of generated sources: what is public there is decided by the schema. */
    static final Set<String> GENERATED = Set.of(
            "capnp.schema", "capnp.rpc.protocol", "capnp.persistent", "capnp.stream", "capnp.json.schema", "examples");

    /** A share says nothing about a handful of types: a module (or house) with fewer than this many is left alone. */
    static final int FEWEST_TYPES_FOR_A_SHARE = 12;

    /**
     * Another ceiling for the public share of one module than a third.
     *
     * @param share between 0 and 1
     * @param reason why the module cannot hide more
     */
    record Ceiling(double share, String reason) {}

    /**
     * What is let through the walls, each with its reason.
     *
     * @param publicShares wall 6: rooms with a ceiling of their own, which count in the share of the house all the same
     * @param transports wall 3: in capnweb and grpc, the one small class per transport that may see {@code net}, or name the other side
     * @param statics wall 4: {@code package.Class.FIELD} of fields that are harmless though their type does not show it
     * @param immutableByContract wall 4: own types that never change though their fields do not show it (an array inside, say)
     * @param timeAndChance wall 5: classes that implement clock, sleep, threads and randomness
     * @param reflection wall 7: packages that bind user interfaces or schedule fibers
     */
    record Exceptions(
            Map<String, Ceiling> publicShares,
            Map<String, String> transports,
            Map<String, String> statics,
            Map<String, String> immutableByContract,
            Map<String, String> timeAndChance,
            Map<String, String> reflection) {
        static final Exceptions NONE = new Exceptions(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());
    }

    /**
     * What the whole house may show. The plan says a third; the modules that exist so far are the ones that are all API, so this is a ratchet: it goes
     * down as inner modules come, and never up. See "Departures" in ARCHITECTURE.md.
     */
    static final double SHARE_OF_THE_HOUSE = 0.42;

    private static final Map<String, Ceiling> PUBLIC_SHARES = Map.of(
            "async",
            new Ceiling(
                    0.46,
                    "promises, the loop, its ports and the stream interfaces are what every other module is written against"),
            "cap",
            new Ceiling(0.75, "the seam: a wire implements all of it, and there is next to nothing behind it"),
            "capnp",
            new Ceiling(
                    0.59,
                    "readers and builders of every list kind are named in generated code, which lives in users' packages, and the"
                            + " cases of a dynamic value in users' switches"));

    private static final Map<String, String> TRANSPORTS = Map.ofEntries(
            Map.entry("capnweb.LastingSession", "WebSockets as the connections of a session that outlives them"),
            Map.entry("capnweb.SocketStream", "a WebSocket as the stream of a session"),
            Map.entry("capnweb.TransportStream", "a WebTransport connection as the stream of a session"),
            Map.entry(
                    "capnweb.WebServer",
                    "WebSockets and batches are HTTP requests, whose heads an application has to see"),
            Map.entry(
                    "capnweb.WebClient",
                    "opens WebSockets and WebTransport connections, and sends batches through an HTTP client"),
            Map.entry("grpc.server.GrpcServer", "its routes are those of an HTTP server"),
            Map.entry("grpc.server.Channelz", "connections of an HTTP server, with the addresses of their clients"),
            Map.entry("grpc.server.ExchangeCall", "an exchange of HTTP as a call"),
            Map.entry("grpc.server.RequestReader", "the body of an exchange as requests"),
            Map.entry("grpc.server.AnswerWriter", "head, body and end of an exchange as an answer"),
            Map.entry("grpc.server.Framing", "the body and the end of an exchange"),
            Map.entry("grpc.Metadatas", "metadata and status as fields of HTTP"),
            Map.entry("grpc.server.Outbox", "messages on their way to an exchange"),
            Map.entry("grpc.server.WebFraming", "the body and the end of an exchange whose client sees no trailers"),
            Map.entry("grpc.server.PeerAttributes", "addresses of clients as handlers are told them"),
            Map.entry("grpc.server.PeerProtos", "addresses of clients as channelz tells them"),
            Map.entry("grpc.CallContext", "who the peer is, in the words of grpc-java and of TLS"),
            Map.entry("grpc.GrpcFailure", "where a call has failed"),
            Map.entry("grpc.client.ClientContext", "who the server is, in the words of grpc-java and of TLS"),
            Map.entry("grpc.server.ServerContext", "who the client is, in the words of grpc-java and of TLS"),
            Map.entry("grpc.client.GrpcClient", "connections of grpc-java on the loop of a network"),
            Map.entry("grpc.client.ChannelMaker", "channels of grpc-java on the loop of a network"),
            Map.entry("grpc.client.ListResolver", "addresses as grpc-java's channels want them"),
            Map.entry("grpc.client.Tries", "which connection a call went over"),
            Map.entry("grpc.client.WebChannel", "calls are requests of an HTTP client"),
            Map.entry("grpc.client.WebCall", "a call as a request"),
            Map.entry("grpc.client.WebAnswer", "an answer of HTTP, as it comes"));

    private static final Map<String, String> STATICS = Map.ofEntries(
            Map.entry("async.Loop.CURRENT", "a thread's own loop: nothing is shared between threads"),
            Map.entry("cap.Observer.NONE", "an observer of nothing: a list that is empty"),
            Map.entry("cap.SessionWatch.NONE", "hears nothing and holds nothing"),
            Map.entry("cap.CallWatch.NONE", "hears nothing and holds nothing"),
            Map.entry("gateway.grpc.Dialect.WEB", "holds nothing"),
            Map.entry("capnweb.Options.DEFAULT", "a record of values, whose observer hears nothing"),
            Map.entry("grpc.client.TokenCredentials.AUTHORIZATION", "a key of grpc-java, which is a name"),
            Map.entry("grpc.server.Draining.KEY", "a key of grpc-java, which is compared by identity"),
            Map.entry("grpc.server.GrpcServer.ENCODING", "a key of grpc-java, which is compared by identity"),
            Map.entry("grpc.client.GrpcClient.SENT_AGAIN", "a key of grpc-java, which is compared by identity"),
            Map.entry("grpc.server.PeerAttributes.CONNECTION", "a key of grpc-java, which is compared by identity"),
            Map.entry("grpc.server.ServerContext.KEY", "a key of grpc-java, which is compared by identity"),
            Map.entry("grpc.Metadatas.BASE64", "an encoder of the JDK, which has no state"),
            Map.entry("grpc.telemetry.CorrelationIds.CORRELATION", "a key of grpc-java, which is a name"),
            Map.entry("grpc.telemetry.CorrelationIds.KEY", "a key of grpc-java, which is compared by identity"),
            Map.entry("grpc.telemetry.CorrelationIds.REQUEST", "a key of grpc-java, which is a name"),
            Map.entry("grpc.telemetry.TraceBin.KEY", "a key of grpc-java, which is a name"),
            Map.entry("grpc.telemetry.Tracing.CONTEXT", "a key of grpc-java, which is compared by identity"),
            Map.entry("grpc.telemetry.Tracing.STATUS", "a key of OpenTelemetry, which is a name"));

    private static final Map<String, String> IMMUTABLE_BY_CONTRACT = Map.of(
            "grpc.CallMetadata", "its fields are copied in and out",
            "grpc.client.CallSettings", "what it holds of grpc-java is immutable",
            "cap.Path", "its array is copied in and never handed out",
            "capnp.AnyPointer", "its constants read trusted constant messages, whose bytes nobody else has",
            "capnp.Data", "constants are made from arrays that nobody else has",
            "capnp.dynamic.Brand", "its map is copied in, and the constant's is empty",
            "capnp.dynamic.DynamicInterfaceType",
                    "a token of a loaded schema: loaders are no statics, so neither is it",
            "capnp.dynamic.DynamicType", "a token of a loaded schema: loaders are no statics, so neither is it",
            "capnp.HeapSegment", "the shared empty segment is only read",
            "net.http.Headers", "its list is never changed, and the form for HTTP/2 that it keeps is made of that");

    private static final Map<String, String> TIME_AND_CHANCE = Map.ofEntries(
            Map.entry("async.ParkPort", "the clock of a loop without I/O"),
            Map.entry("async.Fiber", "a fiber is a virtual thread"),
            Map.entry("async.Loop", "offload() runs work on a virtual thread of its own"),
            Map.entry(
                    "grpc.Written",
                    "a writer of messages that somebody just reads runs on a virtual thread of its own"),
            Map.entry("net.NettyPort", "the clock of a loop on Netty"),
            Map.entry("net.NetLoop", "the thread that drives a loop on Netty"),
            Map.entry("testkit.ThreadCases", "cases about calls from several threads make threads"),
            Map.entry("testkit.Ends", "random sizes from a fixed seed"),
            Map.entry("testkit.PressureCases", "random sizes from a fixed seed"),
            Map.entry("testkit.TransferCases", "random sizes from a fixed seed"),
            Map.entry("testkit.SimNetwork", "latencies from the seed that the test gives"),
            Map.entry(
                    "gateway.dial.Dial",
                    "part of a main program: masks of WebSockets are random, and hashes of certificates hold for a time"),
            Map.entry(
                    "gateway.listen.DemoCommand",
                    "a main program: a server needs keys that cannot be guessed, and the time"),
            Map.entry(
                    "gateway.listen.GatewayCommand",
                    "a main program: WebSockets and certificates need what cannot be guessed"),
            Map.entry(
                    "gateway.trace.LineQueue",
                    "a main program: lines are written by a thread of their own, since whoever reads them may be slow"),
            Map.entry("gateway.listen.Running", "a main program: the hook that hears Ctrl-C is a thread"),
            Map.entry(
                    "gateway.listen.ServeCommand",
                    "a main program: a server needs keys that cannot be guessed, and the time"),
            Map.entry("gateway.IdCommand", "a main program: a new id is random"),
            Map.entry("gateway.Main", "a main program: certificates are looked at by the date of today"),
            Map.entry("examples.batch.BatchClient", "a main program: an HTTP client needs what cannot be guessed"),
            Map.entry(
                    "examples.chat.ChatServer",
                    "a main program: messages have the time of day, and keys cannot be guessed"),
            Map.entry("examples.chat.Terminal", "a main program: an HTTP client needs what cannot be guessed"),
            Map.entry("examples.guide.LibraryClient", "a main program: an HTTP client needs what cannot be guessed"),
            Map.entry("examples.peers.Peer", "a main program: an HTTP client needs what cannot be guessed"),
            Map.entry("examples.shop.Shop", "a main program: an HTTP client needs what cannot be guessed"));

    private static final Map<String, String> REFLECTION = Map.of(
            "capnweb.bind", "binds users' interfaces and records: it is resolved at start-up, into method handles");

    static final Exceptions EXCEPTIONS =
            new Exceptions(PUBLIC_SHARES, TRANSPORTS, STATICS, IMMUTABLE_BY_CONTRACT, TIME_AND_CHANCE, REFLECTION);
}
