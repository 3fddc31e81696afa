package dev.capstan.protoc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.capstan.testkit.Parity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the plugin answers to protoc. That its code compiles, for each of these files and without warnings, is what the tests of grpc begin with. */
class GeneratorTest {
    private static final String TRICKY = "dev/capstan/testprotos/tricky/";

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GeneratorTest.class.getResourceAsStream(name)) {
            assertNotNull(in, name);
            return in.readAllBytes();
        }
    }

    /** As protoc asks for {@code names}, among the files of the tests. */
    private static CodeGeneratorRequest request(String... names) throws IOException {
        return CodeGeneratorRequest.newBuilder()
                .addAllFileToGenerate(List.of(names))
                .addAllProtoFile(
                        FileDescriptorSet.parseFrom(resource("/tests.desc")).getFileList())
                .build();
    }

    private static String only(CodeGeneratorResponse answer) {
        assertEquals("", answer.getError());
        assertEquals(1, answer.getFileCount());
        return answer.getFile(0).getContent();
    }

    private static List<String> names(CodeGeneratorResponse answer) {
        assertEquals("", answer.getError());
        return answer.getFileList().stream()
                .map(CodeGeneratorResponse.File::getName)
                .toList();
    }

    /** A file with one message, and one service {@code Greeter} of unary methods. */
    private static FileDescriptorProto.Builder greeter(String... methods) {
        ServiceDescriptorProto.Builder service =
                ServiceDescriptorProto.newBuilder().setName("Greeter");
        for (String each : methods) {
            service.addMethod(MethodDescriptorProto.newBuilder()
                    .setName(each)
                    .setInputType(".Thing")
                    .setOutputType(".Thing"));
        }
        return FileDescriptorProto.newBuilder()
                .setName("hello_world.proto")
                .addMessageType(DescriptorProto.newBuilder().setName("Thing"))
                .addService(service);
    }

    private static CodeGeneratorResponse answer(FileDescriptorProto.Builder file) {
        return Generator.answer(CodeGeneratorRequest.newBuilder()
                .addFileToGenerate(file.getName())
                .addProtoFile(file)
                .build());
    }

    @Test
    @Parity("GRPC-P1.4")
    void code_is_as_it_was() throws IOException {
        // When it is meant to change, copy what this prints to the golden file, and read the difference.
        String written = only(Generator.answer(request(TRICKY + "commented.proto")));
        assertEquals(new String(resource("/golden/CommentedRpc.txt"), StandardCharsets.UTF_8), written);
    }

    @Test
    @Parity("GRPC-P1.6")
    void there_is_a_file_for_each_service_of_the_files_that_were_asked_for() throws IOException {
        assertEquals(
                List.of(
                        "dev/capstan/testprotos/interop/TestServiceRpc.java",
                        "dev/capstan/testprotos/interop/UnimplementedServiceRpc.java"),
                names(Generator.answer(request("grpc/testing/test.proto"))));
        assertEquals(List.of(), names(Generator.answer(request("grpc/testing/messages.proto"))));
    }

    @Test
    void the_descriptor_is_that_of_the_outer_class_as_protoc_names_it() throws IOException {
        for (String[] each : new String[][] {
            {"commented", "dev.capstan.testprotos.tricky.CommentedOuterClass"},
            {"same_name", "dev.capstan.testprotos.same.SameNameOuterClass"},
            {"named", "dev.capstan.testprotos.named.CalledOtherwise"},
            {"words", "dev.capstan.testprotos.words.Words"}
        }) {
            assertTrue(
                    only(Generator.answer(request(TRICKY + each[0] + ".proto")))
                            .contains("ServiceSchema.of(" + each[1] + ".getDescriptor(), "),
                    each[1]);
        }
    }

    @Test
    void a_file_without_a_package_has_code_without_one() {
        CodeGeneratorResponse answer = answer(greeter("SayHello"));
        assertEquals(List.of("GreeterRpc.java"), names(answer));
        String written = only(answer);
        assertFalse(written.contains("\npackage "));
        assertTrue(written.contains("ServiceSchema.of(HelloWorld.getDescriptor(), \"Greeter\")"));
        assertTrue(written.contains("default Promise<HelloWorld.Thing> sayHello(HelloWorld.Thing request)"));
    }

    @Test
    @Parity("GRPC-P1.6")
    void words_of_java_get_an_underscore() {
        assertTrue(only(answer(greeter("Class"))).contains("> class_("));
    }

    @Test
    void methods_that_are_one_in_java_are_refused() {
        assertEquals(
                "capstan: hello_world.proto: the methods SayHello and say_hello of Greeter are both sayHello in Java: rename one",
                answer(greeter("SayHello", "say_hello")).getError());
    }

    @Test
    void code_that_would_be_a_class_that_is_there_is_refused() {
        FileDescriptorProto.Builder file =
                greeter("SayHello").addMessageType(DescriptorProto.newBuilder().setName("GreeterRpc"));
        file.getOptionsBuilder().setJavaMultipleFiles(true);
        assertEquals(
                "capstan: hello_world.proto: the code of service Greeter is the class GreeterRpc, which is there already: rename one",
                answer(file).getError());
    }

    @Test
    void options_are_refused_since_there_are_none() {
        CodeGeneratorRequest request =
                CodeGeneratorRequest.newBuilder().setParameter("lite").build();
        assertEquals(
                "capstan: there are no options, so leave out 'lite'",
                Generator.answer(request).getError());
    }

    @Test
    @Parity("GRPC-P1.6")
    void a_comment_means_nothing_to_javadoc() {
        FileDescriptorProto.Builder file = greeter("SayHello");
        file.getSourceCodeInfoBuilder()
                .addLocationBuilder()
                .addAllPath(List.of(6, 0))
                .setLeadingComments(" Says <hello>, {@link X}: */ \\u002a\n\n @see nothing\n");
        assertTrue(only(answer(file)).contains("""
                /**
                 * Says &lt;hello&gt;, &#123;&#64;link X&#125;: &#42;/ &#92;u002a
                 *
                 * <p>&#64;see nothing
                 *
                """));
    }

    @Test
    @Parity("GRPC-F10.1")
    void the_program_answers_what_it_reads() throws IOException {
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        Main.answer(new ByteArrayInputStream(request("grpc/testing/test.proto").toByteArray()), answered);
        assertEquals(2, CodeGeneratorResponse.parseFrom(answered.toByteArray()).getFileCount());
    }
}
