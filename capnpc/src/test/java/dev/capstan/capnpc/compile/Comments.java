package dev.capstan.capnpc.compile;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a request says in comments. */
final class Comments {
    private Comments() {}

    /** The comments of each node that has any: its own first, then those of its members. */
    static SortedMap<Long, List<String>> of(byte[] request) {
        SortedMap<Long, List<String>> comments = new TreeMap<>();
        CodeGeneratorRequest.Reader reader =
                MessageReader.of(request, 0, request.length, Limits.DEFAULT).root(CodeGeneratorRequest.TYPE);
        for (Node.SourceInfo.Reader info : reader.getSourceInfo()) {
            List<String> texts = new ArrayList<>();
            texts.add(info.getDocComment());
            info.getMembers().forEach(member -> texts.add(member.getDocComment()));
            if (texts.stream().anyMatch(text -> !text.isEmpty())) {
                comments.put(info.getId(), texts);
            }
        }
        return comments;
    }
}
