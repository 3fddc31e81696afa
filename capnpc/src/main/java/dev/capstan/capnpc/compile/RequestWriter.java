package dev.capstan.capnpc.compile;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.syntax.Span;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Writes what code generators read. */
final class RequestWriter {
    private RequestWriter() {}

    static MessageBuilder write(Program program, List<ParsedFile> requested, List<LoadOrder.Loaded> nodes) {
        MessageBuilder message = new MessageBuilder(1 << 13);
        CodeGeneratorRequest.Builder request = message.initRoot(CodeGeneratorRequest.TYPE);
        // The release whose output this is equal to.
        request.initCapnpVersion().setMinor((byte) 9);
        request.getCapnpVersion().setMicro((byte) 2);
        var written = request.initNodes(nodes.size());
        var infos = request.initSourceInfo(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            switch (nodes.get(i)) {
                case LoadOrder.Whole whole -> {
                    NodeWriter.write(written.get(i), whole.node(), whole.content());
                    info(infos.get(i), whole.node(), whole.content());
                }
                case LoadOrder.Part part -> {
                    NodeWriter.write(written.get(i), part.struct());
                    info(infos.get(i), part.struct());
                }
                case LoadOrder.Unknown unknown -> throw new AssertionError("only what was loaded is written");
            }
        }
        var files = request.initRequestedFiles(requested.size());
        for (int i = 0; i < requested.size(); i++) {
            file(files.get(i), program, requested.get(i));
        }
        return message;
    }

    private static void file(CodeGeneratorRequest.RequestedFile.Builder target, Program program, ParsedFile module) {
        target.setId(module.node(program).id());
        target.setFilename(module.path());
        SortedMap<String, Span> names = ImportNames.of(module.file());
        var imports = target.initImports(names.size());
        int i = 0;
        for (var name : names.entrySet()) {
            ParsedFile imported = module.imported(name.getKey(), name.getValue());
            if (imported != null) {
                imports.get(i).setId(imported.node(program).id());
            }
            imports.get(i++).setName(name.getKey());
        }
    }

    private static void info(dev.capstan.capnp.schema.Node.SourceInfo.Builder target, Node node, Content content) {
        info(target, node.id(), node.declaration().comment(), node.declaration().span());
        switch (content.body()) {
            case Content.StructBody body -> members(target, body.struct());
            case Content.Enumeration body -> {
                var members = target.initMembers(body.enumerants().size());
                for (int i = 0; i < members.size(); i++) {
                    member(
                            members.get(i),
                            body.enumerants().get(i).comment(),
                            body.enumerants().get(i).span());
                }
            }
            case Content.Interface body -> {
                var members = target.initMembers(body.methods().size());
                for (int i = 0; i < members.size(); i++) {
                    member(
                            members.get(i),
                            body.methods().get(i).comment(),
                            body.methods().get(i).span());
                }
            }
            case Content.File file -> {}
            case Content.Const constant -> {}
            case Content.Annotation annotation -> {}
        }
    }

    private static void info(dev.capstan.capnp.schema.Node.SourceInfo.Builder target, Struct struct) {
        info(target, struct.id(), struct.comment(), struct.span());
        members(target, struct);
    }

    private static void info(
            dev.capstan.capnp.schema.Node.SourceInfo.Builder target, long id, @Nullable String comment, Span span) {
        target.setId(id);
        if (comment != null) {
            target.setDocComment(comment);
        }
        target.setStartByte(span.start());
        target.setEndByte(span.end());
    }

    private static void members(dev.capstan.capnp.schema.Node.SourceInfo.Builder target, Struct struct) {
        if (!struct.fields().isEmpty()) {
            StructList.Builder<dev.capstan.capnp.schema.Node.SourceInfo.Member.Builder> members =
                    target.initMembers(struct.fields().size());
            for (int i = 0; i < members.size(); i++) {
                Field field = struct.fields().get(i);
                member(members.get(i), field.comment(), field.span());
            }
        }
    }

    private static void member(
            dev.capstan.capnp.schema.Node.SourceInfo.Member.Builder target, @Nullable String comment, Span span) {
        if (comment != null) {
            target.setDocComment(comment);
        }
        target.setStartByte(span.start());
        target.setEndByte(span.end());
    }
}
