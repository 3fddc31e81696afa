package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.cap.Method.Ordinal;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.gateway.console.Description.Interface;
import dev.capstan.gateway.console.Description.Kind;
import dev.capstan.gateway.console.Description.Member;
import dev.capstan.gateway.console.Description.Method;
import dev.capstan.gateway.console.Description.Service;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What forms are made of. */
class DescriptionTest {
    private static Method method(Service service, String type, String name) {
        return service.interfaces().stream()
                .filter(each -> each.name().equals(type))
                .flatMap(each -> each.methods().stream())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_schema_tells_of_all_that_can_be_reached() {
        Service service = OfSchema.of(new SchemaLoader().load(Calculator.TYPE)).service("sums");
        assertEquals(
                List.of("Calculator", "Value", "Function"),
                service.interfaces().stream().map(Interface::name).toList());
        assertEquals(
                new Method(
                        "getOperator",
                        true,
                        false,
                        List.of(new Member(
                                "op", "Operator", Kind.CHOICE, List.of("add", "subtract", "multiply", "divide"))),
                        List.of(new Member("func", "Function", Kind.OBJECT, List.of()))),
                method(service, "Calculator", "getOperator"));
        assertEquals(
                List.of(new Member("arguments", "List(Float64)", Kind.VALUE, List.of())),
                method(service, "Function", "call").takes());
    }

    @Test
    void calls_by_number_have_names() {
        OfSchema described = OfSchema.of(new SchemaLoader().load(Calculator.TYPE));
        assertEquals("Calculator.defFunction", described.names().get(new Ordinal(Calculator.INTERFACE_ID, 1)));
    }

    @Test
    void a_service_of_grpc_tells_of_its_messages_and_streams() {
        ServiceDescriptor type = ((ProtoServiceDescriptorSupplier)
                        TestServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
                .getServiceDescriptor();
        Service service = OfService.describe(type);
        assertEquals("grpc.testing.TestService", service.name());
        assertEquals("grpc", service.wire());
        Method unary = method(service, "TestService", "unaryCall");
        assertEquals(true, unary.named());
        assertEquals(
                List.of(
                        new Member("responseType", "PayloadType", Kind.CHOICE, List.of("COMPRESSABLE")),
                        new Member("responseSize", "int32", Kind.NUMBER, List.of()),
                        new Member("payload", "Payload", Kind.VALUE, List.of())),
                unary.takes().subList(0, 3));
        assertEquals(List.of(new Member("", "SimpleResponse", Kind.VALUE, List.of())), unary.gives());
        assertEquals(
                List.of(new Member("", "ReadableStream<StreamingOutputCallResponse>", Kind.READABLE, List.of())),
                method(service, "TestService", "streamingOutputCall").gives());
        Method streamed = method(service, "TestService", "streamingInputCall");
        assertEquals(false, streamed.named());
        assertEquals(
                List.of(new Member("requests", "ReadableStream<StreamingInputCallRequest>", Kind.READABLE, List.of())),
                streamed.takes());
    }

    @Test
    void declarations_tell_of_values_objects_functions_and_streams() {
        Service service =
                OfDeclarations.describe("w", Binder.of(MethodHandles.lookup()).declarations(Scene.Workshop.class));
        assertEquals("Workshop", service.type());
        assertEquals(
                new Method(
                        "greet",
                        false,
                        false,
                        List.of(
                                new Member("name", "string", Kind.TEXT, List.of()),
                                new Member("times", "number", Kind.NUMBER, List.of())),
                        List.of(new Member("", "string", Kind.TEXT, List.of()))),
                method(service, "Workshop", "greet"));
        assertEquals(
                Kind.OBJECT,
                method(service, "Workshop", "makeCounter").gives().getFirst().kind());
        assertEquals(
                Kind.READABLE,
                method(service, "Workshop", "sum").takes().getFirst().kind());
        assertEquals(
                Kind.WRITABLE,
                method(service, "Workshop", "log").gives().getFirst().kind());
        assertEquals(
                Kind.FUNCTION,
                method(service, "Workshop", "tell").takes().getFirst().kind());
        assertEquals(2, method(service, "Workshop", "tell").takes().size());
        assertEquals(List.of(), method(service, "Workshop", "tell").gives());
        assertEquals(
                new Member("how", "Level", Kind.CHOICE, List.of("GENTLE", "HARD")),
                method(service, "Workshop", "fail").takes().getFirst());
        assertEquals(2, service.interfaces().size());
    }

    @Test
    void declarations_of_nothing_are_refused_with_what_to_do() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> OfDeclarations.describe("w", "export type A = 1;"));
        assertEquals(
                "the declarations of w have no interface that extends RpcTarget: make them with"
                        + " Binder.declarations(TheApi.class)",
                refused.getMessage());
    }
}
