package dev.capstan.protoc;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse.Feature;
import java.util.HashSet;
import java.util.Set;

/** One Java file for each service of the files that protoc was asked to compile. A pure function. */
final class Generator {
    private Generator() {}

    static CodeGeneratorResponse answer(CodeGeneratorRequest request) {
        CodeGeneratorResponse.Builder answer = CodeGeneratorResponse.newBuilder()
                .setSupportedFeatures(Feature.FEATURE_PROTO3_OPTIONAL_VALUE | Feature.FEATURE_SUPPORTS_EDITIONS_VALUE)
                .setMinimumEdition(Edition.EDITION_PROTO2_VALUE)
                .setMaximumEdition(Edition.EDITION_2023_VALUE);
        try {
            if (!request.getParameter().isEmpty()) {
                throw new Unfit("there are no options, so leave out '" + request.getParameter() + "'");
            }
            JavaNames names = JavaNames.of(request.getProtoFileList());
            Set<String> asked = new HashSet<>(request.getFileToGenerateList());
            for (FileDescriptorProto file : request.getProtoFileList()) {
                if (asked.contains(file.getName())) {
                    for (int i = 0; i < file.getServiceCount(); i++) {
                        answer.addFile(ServiceFile.of(file, i, names));
                    }
                }
            }
        } catch (Unfit e) {
            return answer.clearFile().setError("capstan: " + e.getMessage()).build();
        }
        return answer.build();
    }

    /** What the author of a {@code .proto} file has to change. */
    static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unfit(String message) {
            super(message);
        }
    }
}
