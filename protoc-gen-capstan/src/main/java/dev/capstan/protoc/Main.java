package dev.capstan.protoc;

import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Answers one request of protoc, which it reads from standard input, on standard output. Faults of the {@code .proto} files are part of the answer. */
public final class Main {
    private Main() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws IOException {
        OutputStream out = new BufferedOutputStream(System.out);
        answer(System.in, out);
        out.flush();
    }

    static void answer(InputStream in, OutputStream out) throws IOException {
        Generator.answer(CodeGeneratorRequest.parseFrom(in)).writeTo(out);
    }
}
