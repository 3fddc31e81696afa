package dev.capstan.protoc;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.util.ArrayList;
import java.util.List;

/** Comments of a {@code .proto} file as Javadoc: what they say and their paragraphs; nothing in them means anything to Javadoc or Java. */
final class Comments {
    private Comments() {}

    /** The comment of what stands at {@code path}, of numbers as in descriptors; empty if it has none. */
    static List<String> at(FileDescriptorProto file, Integer... path) {
        List<Integer> wanted = List.of(path);
        for (Location each : file.getSourceCodeInfo().getLocationList()) {
            if (each.getPathList().equals(wanted)) {
                return lines(
                        each.getLeadingComments().isBlank() ? each.getTrailingComments() : each.getLeadingComments());
            }
        }
        return List.of();
    }

    private static List<String> lines(String comment) {
        List<String> lines = new ArrayList<>();
        boolean paragraph = false;
        for (String each : comment.strip().lines().toList()) {
            String text = escaped(each.strip());
            if (text.isEmpty()) {
                paragraph = !lines.isEmpty();
                continue;
            }
            if (paragraph) {
                lines.add("");
                lines.add("<p>" + text);
                paragraph = false;
            } else {
                lines.add(text);
            }
        }
        return lines;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*", "&#42;")
                .replace("{", "&#123;")
                .replace("}", "&#125;")
                .replace("\\", "&#92;");
    }
}
