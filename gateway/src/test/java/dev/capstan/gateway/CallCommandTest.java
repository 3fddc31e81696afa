package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import dev.capstan.gateway.options.ExitException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan call}, {@code ls} and {@code describe}, as a user types them, against a server of each wire. */
class CallCommandTest {
    @TempDir
    private Path folder;

    private Shelf shelf;
    private Verbs verbs;

    @BeforeEach
    void open() throws Exception {
        shelf = new Shelf(folder);
        verbs = new Verbs(folder);
    }

    @AfterEach
    void close() {
        shelf.close();
    }

    @Nested
    class Over_capnp {
        private String url;

        @BeforeEach
        void listen() {
            url = "capnp://" + shelf.capnp();
        }

        private String call(String... more) {
            return verbs.says(with(more));
        }

        private String[] with(String... more) {
            String[] all = new String[more.length + 4];
            all[0] = "call";
            all[1] = url;
            all[2] = "--schema";
            all[3] = "api.capnp";
            System.arraycopy(more, 0, all, 4, more.length);
            return all;
        }

        @Test
        void an_object_names_the_arguments() {
            assertEquals("{\"c\":\"3\"}\n", call("add", "{\"a\": 1, \"b\": 2}"));
        }

        @Test
        void arguments_may_be_given_by_their_place() {
            assertEquals("{\"c\":\"3\"}\n", call("add", "[1, 2]"));
            assertEquals("{\"c\":\"3\"}\n", call("add(1, 2)"));
        }

        @Test
        void integers_of_64_bits_are_exact() {
            assertEquals("{\"c\":\"9223372036854775807\"}\n", call("add", "[9223372036854775806, 1]"));
        }

        @Test
        void a_path_leads_through_results_to_the_method_at_its_end() {
            assertEquals("{\"value\":2}\n", call("getNode.node.getNext.node.depth"));
            assertEquals("{\"value\":3}\n", call("getNode().node.getNext().node.getNext().node.depth()"));
        }

        @Test
        void a_path_leads_into_lists_and_unions() {
            assertEquals("{\"value\":5}\n", call("people.list[1].node.depth"));
            assertEquals("{\"value\":9}\n", call("maybe(true).one.node.depth"));
        }

        @Test
        void a_member_of_a_union_that_is_not_set_is_told() {
            verbs.fails(
                    ExitException.USAGE,
                    "'node' is not set: its union holds another member",
                    with("maybe(false).one.node.depth"));
        }

        @Test
        void objects_in_results_are_named_by_their_interface() {
            assertEquals("{\"node\":{\"$object\":\"Node\"}}\n", call("getNode"));
        }

        @Test
        void an_object_as_argument_prints_what_is_called_on_it() {
            assertEquals("""
                    {"write":{"text":"chunk 0","number":0.5}}
                    {"write":{"text":"chunk 1","number":0.5}}
                    {}
                    """, call("fill", "{\"out\": \"-\", \"chunks\": 2}"));
        }

        @Test
        void several_texts_are_written_to_a_stream_which_another_method_ends() {
            String typed = "{\"chunk\": [1, 2]} {\"chunk\": [3]}\n{\"chunk\": []}";
            assertEquals(
                    "{\"bytes\":\"3\"}\n",
                    verbs.answers(typed, with("openSink.sink.write", "-d", "@", "--then", "done")));
        }

        @Test
        void arguments_may_come_from_a_file() throws Exception {
            Files.writeString(folder.resolve("args.json"), "{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}");
            assertEquals("{\"c\":\"3\"}\n{\"c\":\"7\"}\n", call("add", "-d", "@args.json"));
        }

        @Test
        void a_file_of_arguments_that_there_is_not_is_told() {
            verbs.fails(ExitException.USAGE, "-d: there is no file ", with("add", "-d", "@none.json"));
        }

        @Test
        void a_method_that_there_is_not_is_told_with_those_that_there_are() {
            verbs.fails(ExitException.USAGE, "There is no method 'sub' of Api. It has add, getNode,", with("sub"));
        }

        @Test
        void an_argument_that_there_is_not_is_told() {
            verbs.fails(ExitException.USAGE, "add: ", with("add", "{\"x\": 1}"));
            assertTrue(verbs.err().contains("x"), verbs.err());
        }

        @Test
        void what_is_no_json_is_told_with_its_place() {
            verbs.fails(ExitException.USAGE, "line 1, column 7", with("add", "{\"a\": ]"));
        }

        @Test
        void a_server_without_a_schema_is_told_what_to_write() {
            verbs.fails(ExitException.SCHEMA, "--schema FILE", "call", url, "add");
        }

        @Test
        void a_schema_with_errors_ends_with_its_code() throws Exception {
            Files.writeString(folder.resolve("wrong.capnp"), "@0xc2d4a1f8e96b7351;\ninterface A { x @0 (; }\n");
            verbs.fails(ExitException.SCHEMA, "wrong.capnp:2:", "call", url, "--schema", "wrong.capnp", "x");
        }

        @Test
        void a_failure_of_the_server_ends_with_its_code() {
            verbs.fails(ExitException.REMOTE_FAILURE, "as you wished", with("fail", "{\"kind\": \"FAILED\"}"));
        }

        @Test
        void what_takes_too_long_ends_with_its_code() {
            verbs.fails(ExitException.DEADLINE, "--max-time is over, after 300 ms", with("sleep", "--max-time", "0.3"));
        }

        @Test
        void a_server_that_is_not_there_ends_with_its_code() {
            verbs.fails(
                    ExitException.UNREACHABLE,
                    "no Cap'n Proto server at capnp+unix:" + folder.resolve("none.sock"),
                    "call",
                    "capnp+unix:" + folder.resolve("none.sock"),
                    "--schema",
                    "api.capnp",
                    "add");
        }

        @Test
        void headers_are_refused() {
            verbs.fails(ExitException.USAGE, "Cap'n Proto has no headers", with("add", "-H", "a: b"));
        }

        @Test
        void ls_lists_the_interfaces_of_the_schema() {
            String said = verbs.says("ls", url, "--schema", "api.capnp");
            assertTrue(said.startsWith("interface Api\n  add (a :Int64, b :Int64) -> (c :Int64)\n"), said);
            assertTrue(
                    said.contains("interface Sink\n  write (chunk :Data) -> stream\n  done () -> (bytes :UInt64)\n"),
                    said);
            assertTrue(said.contains("  write (text :Text, number :Float64 = 0.5) -> ()\n"), said);
        }

        @Test
        void ls_tells_a_server_that_is_not_there() {
            verbs.fails(
                    ExitException.UNREACHABLE,
                    "no Cap'n Proto server",
                    "ls",
                    "capnp+unix:" + folder.resolve("x"),
                    "--schema",
                    "api.capnp");
        }

        @Test
        void describe_shows_a_definition_that_compiles() throws Exception {
            String person = verbs.says("describe", url, "--schema", "api.capnp", "Person");
            assertEquals("""
                      name @0 :Text;
                      age @1 :UInt8 = 30;
                      home :group {
                        street @2 :Text;
                      }
                      kind @3 :Kind;
                      node @4 :Node;
                    }
                    """, person.substring(person.indexOf('\n') + 1));
            String all = "@0xc2d4a1f8e96b7352;\n";
            for (String name : new String[] {"Api", "Node", "Sink", "Pipe", "Person", "Maybe", "Kind"}) {
                all += verbs.says("describe", url, "--schema", "api.capnp", name);
            }
            Files.writeString(folder.resolve("again.capnp"), all);
            assertEquals("{\"c\":\"3\"}\n", verbs.says("call", url, "--schema", "again.capnp", "add(1, 2)"));
        }
    }

    @Nested
    class Over_capnweb {
        private String address;

        @BeforeEach
        void listen() {
            address = shelf.web();
        }

        private String call(String... more) {
            return verbs.says(with(more));
        }

        private String[] with(String... more) {
            String[] all = new String[more.length + 2];
            all[0] = "call";
            all[1] = "ws://" + address;
            System.arraycopy(more, 0, all, 2, more.length);
            return all;
        }

        @Test
        void arguments_are_an_array() {
            assertEquals("3\n", call("add", "[1, 2]"));
            assertEquals("3\n", call("add(1, 2)"));
        }

        @Test
        void a_batch_is_a_request() {
            assertEquals("3\n", verbs.says("call", "http://" + address, "node().next().next().depth"));
        }

        @Test
        void a_path_leads_through_results() {
            assertEquals("2\n", call("node().next().depth"));
        }

        @Test
        void a_property_is_read() {
            assertEquals("\"1.2\"\n", call("version", "--get"));
        }

        @Test
        void what_json_does_not_have_is_an_object_of_one_member() {
            assertEquals("""
                    {"big":{"$bigint":"1180591620717411303424"},"bytes":{"$bytes":"AQID"},"nan":{"$number":"NaN"},\
                    "date":{"$date":"1970-01-01T00:00:00Z"},"$$money":5}
                    """, call("special"));
        }

        @Test
        void what_was_printed_can_be_sent_again() {
            String values = call("special").strip();
            assertEquals("[" + values + "]\n", call("same", values));
        }

        @Test
        void integers_are_bigints_where_numbers_are_not_exact() {
            assertEquals(
                    "[9007199254740991,{\"$bigint\":\"9007199254740992\"},1.5,1000]\n",
                    call("same", "[9007199254740991, 9007199254740992, 1.5, 1e3]"));
        }

        @Test
        void a_stream_is_printed_chunk_by_chunk() {
            assertEquals("1\n2\n3\n", call("count", "[3]"));
        }

        @Test
        void a_stream_is_read_of_what_is_typed() {
            assertEquals("6\n", verbs.answers("1 2\n3", with("sum", "{\"$readable\": \"@\"}")));
        }

        @Test
        void a_callback_prints_what_it_is_called_with() {
            assertEquals("[7]\n{\"$undefined\":true}\n", call("callBack", "{\"$callback\": \"-\"}"));
        }

        @Test
        void headers_are_sent() {
            call("add(1, 2)", "-H", "X-Who: me");
            assertEquals("me", shelf.visitors.getLast());
        }

        @Test
        void a_failure_of_the_server_ends_with_its_code() {
            verbs.fails(ExitException.REMOTE_FAILURE, "as you wished", with("fail"));
        }

        @Test
        void a_server_that_is_not_there_ends_with_its_code() {
            verbs.fails(
                    ExitException.UNREACHABLE,
                    "no Cap'n Web server at ws://127.0.0.1:1/",
                    "call",
                    "ws://127.0.0.1:1/",
                    "x");
        }

        @Test
        void ls_says_that_the_wire_has_no_schema() {
            verbs.fails(ExitException.USAGE, "there are no schemas on the wire", "ls", "ws://" + address);
        }

        @Test
        void ls_lists_a_schema_that_is_named() {
            String said = verbs.says("ls", "ws://" + address, "--schema", "api.capnp", "--interface", "Node");
            assertEquals("interface Node\n  getNext () -> (node :Node)\n  depth () -> (value :UInt32)\n", said);
        }
    }

    @Nested
    class Over_grpc {
        private static final String SERVICE = "grpc.testing.TestService";
        private String url;

        @BeforeEach
        void listen() {
            url = "grpc://" + shelf.grpc();
        }

        @Test
        void a_method_is_called_by_reflection() {
            assertEquals(
                    "{\"payload\":{\"body\":\"AAA=\"}}\n",
                    verbs.says("call", url, SERVICE + "/UnaryCall", "{\"responseSize\": 2}"));
            assertEquals("{}\n", verbs.says("call", url, SERVICE + ".EmptyCall"));
        }

        @Test
        void a_stream_of_answers_is_a_line_each() {
            assertEquals(
                    "{\"payload\":{\"body\":\"AA==\"}}\n{\"payload\":{\"body\":\"AAA=\"}}\n",
                    verbs.says(
                            "call",
                            url,
                            SERVICE + ".StreamingOutputCall",
                            "{\"responseParameters\": [{\"size\": 1}, {\"size\": 2}]}"));
        }

        @Test
        void several_texts_are_a_stream_of_requests() {
            String typed = "{\"payload\": {\"body\": \"AAAA\"}} {\"payload\": {\"body\": \"AA==\"}}";
            assertEquals(
                    "{\"aggregatedPayloadSize\":4}\n",
                    verbs.answers(typed, "call", url, SERVICE + ".StreamingInputCall", "-d", "@"));
        }

        @Test
        void streams_go_both_ways() {
            String typed = "{\"responseParameters\": [{\"size\": 1}]}\n{\"responseParameters\": [{\"size\": 2}]}";
            assertEquals(
                    "{\"payload\":{\"body\":\"AA==\"}}\n{\"payload\":{\"body\":\"AAA=\"}}\n",
                    verbs.answers(typed, "call", url, SERVICE + ".FullDuplexCall", "-d", "@"));
        }

        @Test
        void a_failure_of_the_server_ends_with_its_code() {
            verbs.fails(
                    ExitException.REMOTE_FAILURE,
                    "NOT_FOUND: gone",
                    "call",
                    url,
                    SERVICE + ".UnaryCall",
                    "{\"responseStatus\": {\"code\": 5, \"message\": \"gone\"}}");
        }

        @Test
        void what_takes_too_long_ends_with_its_code() throws Exception {
            writeSchemas();
            verbs.fails(
                    ExitException.DEADLINE,
                    "DEADLINE_EXCEEDED",
                    "call",
                    url,
                    "--protoset",
                    "test.pb",
                    SERVICE + ".EmptyCall",
                    "--max-time",
                    "0.001");
        }

        private void writeSchemas() throws Exception {
            var set = FileDescriptorSet.newBuilder();
            for (var file : DescriptorSets.ofTestService()) {
                set.addFile(file.toProto());
            }
            Files.write(folder.resolve("test.pb"), set.build().toByteArray());
        }

        @Test
        void a_method_that_there_is_not_is_told_with_those_that_there_are() {
            verbs.fails(ExitException.USAGE, "It has EmptyCall, UnaryCall,", "call", url, SERVICE + ".Other");
            verbs.fails(
                    ExitException.USAGE,
                    "There is no service 'no.Service'. There are grpc.",
                    "call",
                    url,
                    "no.Service.Other");
        }

        @Test
        void a_field_that_there_is_not_is_told() {
            verbs.fails(
                    ExitException.USAGE,
                    "grpc.testing.SimpleRequest: ",
                    "call",
                    url,
                    SERVICE + ".UnaryCall",
                    "{\"x\": 1}");
        }

        @Test
        void a_server_without_reflection_is_told_what_to_write() {
            verbs.fails(
                    ExitException.SCHEMA,
                    "--protoset FILE",
                    "call",
                    "grpc://" + shelf.grpc(server -> server),
                    SERVICE + ".EmptyCall");
        }

        @Test
        void schemas_may_come_from_a_file() throws Exception {
            writeSchemas();
            assertEquals(
                    "{}\n",
                    verbs.says(
                            "call",
                            "grpc://" + shelf.grpc(server -> server),
                            "--protoset",
                            "test.pb",
                            SERVICE + ".EmptyCall"));
        }

        @Test
        void a_server_that_is_not_there_ends_with_its_code() {
            verbs.fails(
                    ExitException.UNREACHABLE,
                    "no gRPC server at grpc://127.0.0.1:1",
                    "call",
                    "grpc://127.0.0.1:1",
                    "a.B");
        }

        @Test
        void ls_lists_services_and_methods() {
            String said = verbs.says("ls", url);
            assertTrue(
                    said.contains(
                            "service grpc.testing.TestService\n  rpc EmptyCall(grpc.testing.Empty) returns (grpc.testing.Empty)\n"),
                    said);
            assertTrue(
                    said.contains("rpc FullDuplexCall(stream grpc.testing.StreamingOutputCallRequest) returns (stream"),
                    said);
        }

        @Test
        void describe_shows_definitions() {
            assertTrue(
                    verbs.says("describe", url, SERVICE).startsWith("service TestService {\n  rpc EmptyCall("),
                    verbs.out());
            assertEquals(
                    "message Payload {\n  grpc.testing.PayloadType type = 1;\n  bytes body = 2;\n}\n",
                    verbs.says("describe", url, "grpc.testing.Payload"));
            assertTrue(
                    verbs.says("describe", url, SERVICE + ".UnaryCall")
                            .startsWith("rpc UnaryCall(grpc.testing.SimpleRequest)"),
                    verbs.out());
            verbs.fails(ExitException.USAGE, "There is no 'nothing'", "describe", url, "nothing");
        }
    }

    @Test
    void what_is_no_url_is_told() {
        verbs.fails(ExitException.USAGE, "is no URL that is known here", "call", "127.0.0.1:80", "x");
    }
}
