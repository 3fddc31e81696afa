package dev.capstan.gateway.serve;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DoubleValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.TextFormat;
import com.google.protobuf.WrappersProto;
import dev.capstan.async.Loop;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.examples.calculator.Infix;
import dev.capstan.grpc.server.Handling;
import dev.capstan.grpc.server.ServiceBinding;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;

/**
 * The calculator for gRPC, which has no objects to pass: an expression in, its number out, in protobuf's own messages for one value, so that clients need no generated code. The {@code .proto} file that
 * it stands for is
 *
 * <pre>{@code
 * syntax = "proto3";
 * package capstan.demo;
 * import "google/protobuf/wrappers.proto";
 * service Calculator {
 *   rpc Evaluate(google.protobuf.StringValue) returns (google.protobuf.DoubleValue);
 * }
 * }</pre>
 */
final class CalculatorService {
    static final String NAME = "capstan.demo.Calculator";

    private static final String FILE = """
            name: "capstan/demo/calculator.proto"
            package: "capstan.demo"
            syntax: "proto3"
            dependency: "google/protobuf/wrappers.proto"
            service {
              name: "Calculator"
              method {
                name: "Evaluate"
                input_type: ".google.protobuf.StringValue"
                output_type: ".google.protobuf.DoubleValue"
              }
            }
            """;

    private CalculatorService() {}

    /** The service over an object of {@code loop}. Takes ownership of {@code calculator}, which lasts as long as the process. */
    static ServerServiceDefinition of(Loop loop, Calculator.Client calculator) {
        FileDescriptor file = file();
        MethodDescriptor<StringValue, DoubleValue> evaluate = MethodDescriptor.<StringValue, DoubleValue>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Evaluate"))
                .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(DoubleValue.getDefaultInstance()))
                .setSafe(true)
                .build();
        ServiceDescriptor service = ServiceDescriptor.newBuilder(NAME)
                .setSchemaDescriptor((ProtoFileDescriptorSupplier) () -> file)
                .addMethod(evaluate)
                .build();
        return new ServiceBinding(service, Handling.byServer())
                .blockingUnary(
                        evaluate,
                        expression ->
                                DoubleValue.of(parsed(expression.getValue()).evaluate(loop, calculator)))
                .build();
    }

    private static Infix parsed(String expression) {
        try {
            return Infix.parse(expression);
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
        }
    }

    private static FileDescriptor file() {
        try {
            return FileDescriptor.buildFrom(
                    TextFormat.parse(FILE, FileDescriptorProto.class),
                    new FileDescriptor[] {WrappersProto.getDescriptor()});
        } catch (TextFormat.ParseException | DescriptorValidationException e) {
            throw new AssertionError("the text above is a file of protobuf", e);
        }
    }
}
