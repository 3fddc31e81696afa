package dev.capstan.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The first inputs of the targets of Cap'n Web: messages, expressions and programs that between them use everything. */
final class WebSeeds {
    private static final Map<String, String> JSON = Map.of(
            "values", """
                    {"a": [1, -0.5e-7, 1e400, 9007199254740993, 92233720368547758080, true, null], "b\\n\\u00e9": "\\ud83d\\ude00 \\ud83d", "": {}}
                    """,
            "nested", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]],{\"a\":{\"b\":{\"c\":[]}}}]",
            "bytes", "[[\"bytes\",\"AQID\"],[\"bytes\",\"AAA\",\"Int16Array\"],[\"bytes\"]]",
            "text", "\"\u00fc\ud83d\ude00\\u2028\\\\\\\"\\/\\b\\f\\r\\t\"");

    private static final Map<String, String> EXPRESSIONS = Map.of(
            "plain", "{\"a\":[[1,2,[[]]]],\"b\":[\"undefined\"],\"c\":[\"nan\"],\"d\":[\"-inf\"],\"e\":[\"inf\"]}",
            "values", """
                    [[["date",1700000000000],["bigint","-12345678901234567890"],["bytes","AQID"],["bytes","AAAAAAAA","Float32Array"],["url","https://x.test/"],["date",null]]]
                    """,
            "errors", "[\"error\",\"TypeError\",\"m\",\"stack\",{\"cause\":[\"error\",\"Error\",\"n\"],\"errors\":[[1]]}]",
            "http", """
                    [[["headers",[["a","b"],["c","d"]]],["request","https://x.test/",{"method":"POST","body":"x","headers":[["a","b"]]}],["response",null,{"status":204}],["response","b",{}]]]
                    """,
            "references", """
                    [[["export",-1],["promise",-2],["import",0],["import",1,["a",0],[1]],["pipeline",1,["a"],[["pipeline",2]]],["readable",1],["writable",-3],["blob","t",["readable",2]]]]
                    """,
            "remap", "[\"remap\",1,[\"a\"],[[\"import\",0]],[[\"pipeline\",0,[\"id\"]],[\"pipeline\",-1,[\"square\"],[[\"pipeline\",1]]]]]");

    private static final Map<String, String> MAPS = Map.of(
            "square", "[[\"pipeline\",-1,[\"square\"],[[\"pipeline\",0]]]]",
            "nested", """
                    [["pipeline",-1,["list"],[["pipeline",0]]],["remap",1,[],[["import",-1],["import",0]],[["pipeline",-1,["echo"],[[[["pipeline",0],["pipeline",-2]]]]]]]]
                    """,
            "objects", "[[\"pipeline\",-1,[\"object\"],[]],[\"pipeline\",1,[\"echo\"],[[\"import\",1]]],{\"a\":[\"import\",2],\"b\":[\"pipeline\",0]}]",
            "literal", "[[[1,[\"undefined\"],{\"a\":[\"bigint\",\"1\"]}]],[\"pipeline\",1,[0]]]",
            "wrong", "[[\"export\",-1],[\"promise\",-2],[\"pipeline\",9,[\"a\"]]]");

    private static final Map<String, String> BATCHES = Map.of(
            "calls", """
                    ["push",["pipeline",0,["square"],[2]]]
                    ["push",["pipeline",0,["echo"],[["pipeline",1]]]]
                    ["pull",1]
                    ["pull",2]
                    """,
            "objects", """
                    ["push",["pipeline",0,["object"],[]]]
                    ["push",["pipeline",1,["echo"],[{"a":["export",-1],"b":["import",0]}]]]
                    ["pull",2]
                    ["release",1,1]
                    """,
            "promises", """
                    ["push",["pipeline",0,["echo"],[["promise",-1]]]]
                    ["resolve",-1,[[1,["bytes","AA"]]]]
                    ["pull",1]
                    ["push",["pipeline",0,["soon"],[]]]
                    ["pull",2]
                    """,
            "streams", """
                    ["pipe"]
                    ["stream",["pipeline",1,["write"],["x"]]]
                    ["push",["pipeline",0,["echo"],[["readable",1]]]]
                    ["pull",3]
                    ["stream",["pipeline",1,["close"],[]]]
                    """,
            "map", """
                    ["push",["pipeline",0,["list"],[3]]]
                    ["push",["remap",1,[],[["import",0]],[["pipeline",-1,["square"],[["pipeline",0]]]]]]
                    ["pull",2]
                    """,
            "abort", """
                    ["push",["pipeline",0,["version"]]]
                    ["pull",1]
                    ["abort",["error","Error","enough"]]
                    """);

    private static final Map<String, String> PROGRAMS = Map.of(
            "calls", """
                    ["let",[["o",["call",["capture",0],"object"]],["n",["call",["var","o"],"square",3]]],{"n":["var","n"],"e":["call",["var","o"],"echo",["list",["var","n"],["var","o"]]]}]
                    """,
            "loops", """
                    ["do",["for","x",["call",["capture",0],"list",5],["call",["capture",0],"square",["var","x"]],["!=",["%",["var","x"],2],0]],
                    ["while",[["i",0],["t","a"]],["and",["<",["var","i"],5],["<",["size",["var","t"]],99]],["list",["+",["var","i"],1],["+",["var","t"],["var","t"]]],["var","t"]]]
                    """,
            "values", """
                    ["if",["or",["not",["==",null,1]],["<","a","b"]],["concat",["list",1,["neg",2]],["literal",[["fail"],{"a":[]}]]],["fail","no"]]
                    """,
            "places", "[\"get\",[\"list\",[\"get\",[\"capture\",0],\"version\",[\"-\",2,1]],[\"call\",{\"a\":[\"capture\",0]},[\"a\",\"soon\"]]],1]",
            "wrong", "[\"let\",[[\"a\",[\"/\",1,[\"size\",\"\"]]]],[\"get\",[\"var\",\"a\"],[\"call\",[\"capture\",1],[0],[\"var\",\"a\"]]]]");

    private WebSeeds() {}

    /** Content by file name; none if {@code target} is not one of Cap'n Web. */
    static Map<String, byte[]> of(Target target) {
        Map<String, String> texts =
                switch (target) {
                    case WEB_JSON -> JSON;
                    case WEB_EXPRESSION -> EXPRESSIONS;
                    case WEB_MAP -> MAPS;
                    case WEB_BATCH -> BATCHES;
                    case WEB_PROGRAM -> PROGRAMS;
                    case FRAMING, PACKED, WALK, VALUES, SCHEMA_TEXT, REQUEST, TEXT, JSON -> Map.of();
                };
        Map<String, byte[]> bytes = new TreeMap<>();
        texts.forEach((name, text) -> bytes.put(name, text.strip().getBytes(StandardCharsets.UTF_8)));
        return bytes;
    }
}
