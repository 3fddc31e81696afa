package dev.capstan.fuzz;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.BoolList;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.Mutations;
import dev.capstan.capnp.PointerList;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.VoidList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.io.Packed;
import dev.capstan.capnp.json.JsonCodec;
import dev.capstan.capnp.testfixture.StandardContent;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.text.TextForm;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;

/** The first inputs of each target, made of what other tests use: exploration begins with them. Always the same bytes. */
final class Seeds {
    /** Small schemas that between them use most of the language. */
    private static final Map<String, String> SCHEMAS = Map.of(
            "struct", """
                    @0xa93fc509624c72d9;
                    struct Person { id @0 :UInt32; name @1 :Text = "x"; phones @2 :List(Phone);
                      struct Phone { number @0 :Text; type @1 :Type; enum Type { mobile @0; home @1; } }
                      employment :union { unemployed @3 :Void; employer @4 :Text; school :group { a @5 :Bool; } } }
                    """,
            "interface", """
                    @0xa93fc509624c72da;
                    using Cxx = import "/capnp/c++.capnp"; $Cxx.namespace("a::b");
                    interface Base(T) { get @0 () -> (value :T); }
                    interface Node extends(Base(Text)) { put @0 [U] (key :Data, value :U) -> stream; sub @1 (n :Node = null); }
                    """,
            "values", """
                    @0xa93fc509624c72db;
                    annotation note @0x8f79a83ea3d25a9e (struct, field) :Text;
                    struct S $note("s") { a @0 :Int8 = -128; b @1 :Float64 = 1.5e-3; c @2 :Data = 0x"de ad"; d @3 :List(Int8) = [1, 2];
                      e @4 :S = (a = 5, d = .k); f @5 :AnyPointer; g @6 :List(List(Text)) = [["a\\n\\x41"], []]; }
                    const k :List(Int8) = [3, -0x7f, 017]; const s :S = (a = 1, g = [["z"]]); const t :Text = `raw
                    ; const v :Void = void; # done
                    """,
            "generic", """
                    @0xa93fc509624c72dc; # a comment
                    struct Map(K, V) { entries @0 :List(Entry); struct Entry { key @0 :K; value @1 :V; } }
                    using M = Map(Text, Map(Data, .Use)); struct Use { m @0 :M; e @1 :Map(Text, Text).Entry; any @2 :AnyStruct; }
                    """,
            "lattice", """
                    @0xa93fc509624c72dd; interface I0 { f @0 () -> stream; }
                    """ + lattice(24),
            "broken", """
                    @0x1; struct A { a @0 :B; b @0 :Text; c @2 :List(A, A) = (; enum é } import "none.capnp"; "unterminated
                    """);

    private static final Map<String, String> TEXTS = Map.of(
            "small", """
                    (textField = "x\\n\\x41", dataField = 0x"de ad", structList = [(int8Field = -1), ()], float64Field = -1.5e-7)
                    """,
            "lists", """
                    (boolList = [true, false], voidList = [void], enumList = [foo, qux], float32List = [inf, nan, -inf, 5], # two structs
                    uInt64List = [0xffffffffffffffff, 017], textList = ["", "\u00fc"]) ()
                    """);

    private static final Map<String, String> JSON = Map.of(
            "small", """
                    {"textField": "x\\n\\u00e9", "dataField": [222, 173], "structList": [{"int8Field": -1}, {}], "float64Field": -1.5e-7}
                    """,
            "lists", """
                    {"boolList": [true, false], "voidList": [null], "enumList": ["foo", 3], "float32List": ["Infinity", "NaN", 5, 1E3],
                    "uInt64List": ["18446744073709551615", 7], "textList": ["", "\ud83d\ude00"], "unknown": [[{"a": null}], 0.5]}
                    """,
            "annotated", """
                    {"names-can_contain!anything Really": "a", "flatFoo": 1, "renamed-flatBaz": {"hello": true}, "pfx.renamed-bar": 2,
                    "union-type": "renamed-bar", "barMember": 3, "multiMember": "m", "dependency": {"renamed-foo": "b"},
                    "innerJson": [1, {"x": null}], "testBase64": "3q0=", "testHex": "dead"}
                    """);

    private Seeds() {}

    /** Interfaces that reach the first one in as many ways as there are subsets of the levels. */
    private static String lattice(int levels) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < levels; i++) {
            text.append(
                    "interface L%2$d extends(I%1$d) {} interface R%2$d extends(I%1$d) {} interface I%2$d extends(L%2$d, R%2$d) {}\n"
                            .formatted(i, i + 1));
        }
        return text.toString();
    }

    /** Content by file name. */
    static Map<String, byte[]> of(Target target) {
        return new TreeMap<>(
                switch (target) {
                    case FRAMING -> frames(3);
                    case PACKED -> packed();
                    case WALK, VALUES -> frames(8);
                    case SCHEMA_TEXT -> texts();
                    case REQUEST -> requests();
                    case TEXT -> values(TextForm::compact, TEXTS);
                    case JSON -> values(JsonCodec.builder().build()::encode, JSON);
                    case WEB_JSON, WEB_EXPRESSION, WEB_MAP, WEB_BATCH, WEB_PROGRAM -> WebSeeds.of(target);
                });
    }

    private static Map<String, byte[]> frames(int trees) {
        Map<String, byte[]> frames = new TreeMap<>();
        frames.put("empty", new byte[0]);
        frames.put("null", new MessageBuilder().toByteArray());
        frames.put("lists", lists());
        for (int i = 0; i < trees; i++) {
            frames.put("tree-" + i, tree(i));
        }
        MessageBuilder message = new MessageBuilder(1000);
        StandardContent.fill(message.initRoot(TestAllTypes.TYPE));
        frames.put("all-types", message.toByteArray());
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.writeBytes(tree(1));
        two.writeBytes(tree(2));
        frames.put("two", two.toByteArray());
        return frames;
    }

    /** Small enough for the fuzzer to change all of it. */
    private static byte[] tree(int number) {
        for (int seed = 1000 * number; ; seed++) {
            byte[] frame = Mutations.base(new Random(seed));
            if (frame.length > 100 + 60 * number && frame.length < 200 + 120 * number) {
                return frame;
            }
        }
    }

    private static byte[] lists() {
        MessageBuilder message = new MessageBuilder(3);
        PointerList.Builder<AnyPointer.Builder, AnyPointer.Reader> places =
                message.root().init(PointerList.type(AnyPointer.TYPE), 5);
        places.get(0).init(VoidList.TYPE, 7);
        places.get(1).init(BoolList.TYPE, 11).set(10, true);
        places.get(2).setAs(Text.TYPE, "text");
        places.get(3).setAs(Data.TYPE, Data.of((byte) 1, (byte) 2, (byte) 3));
        places.get(4).init(PointerList.type(Text.TYPE), 2).set(1, "last");
        return message.toByteArray();
    }

    private static Map<String, byte[]> packed() {
        Map<String, byte[]> packed = new TreeMap<>();
        frames(4).forEach((name, frame) -> packed.put(name, Packed.pack(frame, 0, frame.length)));
        byte[] runs = new byte[3000];
        new Random(1).nextBytes(runs);
        java.util.Arrays.fill(runs, 100, 2600, (byte) 0);
        packed.put("runs", Packed.pack(runs, 0, runs.length));
        return packed;
    }

    private static Map<String, byte[]> texts() {
        Map<String, byte[]> texts = new TreeMap<>();
        SCHEMAS.forEach((name, text) -> texts.put(name + ".capnp", text.getBytes(StandardCharsets.UTF_8)));
        return texts;
    }

    /** A message in its text form, and some texts that are small enough for the fuzzer to change all of them. */
    private static Map<String, byte[]> values(Function<DynamicStruct.Reader, String> form, Map<String, String> more) {
        MessageBuilder message = new MessageBuilder();
        StandardContent.fill(message.initRoot(TestAllTypes.TYPE));
        StructSchema schema = new SchemaLoader().load(TestAllTypes.TYPE);
        Map<String, byte[]> texts = new TreeMap<>();
        texts.put(
                "all-types",
                text(form.apply(message.getRoot(schema.structType()).asReader())));
        more.forEach((name, content) -> texts.put(name, text(content)));
        return texts;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, byte[]> requests() {
        Map<String, byte[]> requests = new TreeMap<>();
        for (String name : List.of("struct", "interface", "values", "generic")) {
            String text = SCHEMAS.get(name);
            if (text != null) {
                byte[] bytes = text.replaceAll("using Cxx.*", "").getBytes(StandardCharsets.UTF_8);
                SourceFiles files = SourceFiles.of(Map.of("f.capnp", bytes));
                requests.put(
                        name,
                        new Compiler()
                                .compile(files, List.of("f.capnp"))
                                .message()
                                .toByteArray());
            }
        }
        return requests;
    }
}
