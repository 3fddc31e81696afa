package dev.capstan.capnpc.compile;

import dev.capstan.capnp.StructList;
import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.ElementSize;
import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Name;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** Writes nodes. */
final class NodeWriter {
    private NodeWriter() {}

    /** A declaration. */
    static void write(dev.capstan.capnp.schema.Node.Builder target, Node node, Content content) {
        target.setId(node.id());
        target.setDisplayName(node.displayName());
        target.setDisplayNamePrefixLength(node.prefixLength());
        Node parent = node.parent();
        target.setScopeId(parent == null ? 0 : parent.id());
        target.setIsGeneric(content.isGeneric());
        parameters(node.declaration().parameters(), target::initParameters);
        annotations(content.annotations(), target::initAnnotations);
        // An empty list and none are not the same in a message; this is as the C++ compiler has it, here and below.
        var nested = target.initNestedNodes(node.children().size());
        for (int i = 0; i < nested.size(); i++) {
            Node child = node.children().get(i);
            nested.get(i).setName(child.text());
            nested.get(i).setId(child.id());
        }
        switch (content.body()) {
            case Content.File file -> target.setFile();
            case Content.Const constant -> {
                var written = target.initConst();
                TypeWriter.write(written.initType(), constant.value().type());
                ValueWriter.write(written.initValue(), constant.value());
            }
            case Content.Annotation annotation -> {
                var written = target.initAnnotation();
                TypeWriter.write(written.initType(), annotation.type());
                targets(written, annotation.targets());
            }
            case Content.Enumeration body ->
                enumerants(target.initEnum().initEnumerants(body.enumerants().size()), body);
            case Content.StructBody body -> struct(target, body.struct());
            case Content.Interface body -> interfaceType(target.initInterface(), body);
        }
    }

    /** A struct that is part of a declaration. */
    static void write(dev.capstan.capnp.schema.Node.Builder target, Struct struct) {
        target.setId(struct.id());
        target.setDisplayName(struct.displayName());
        target.setDisplayNamePrefixLength(bytes(struct.displayName()) - bytes(struct.name()));
        target.setScopeId(struct.scopeId());
        target.setIsGeneric(struct.isGeneric());
        parameters(struct.parameters(), target::initParameters);
        struct(target, struct);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void parameters(
            List<Name> names, IntFunction<StructList.Builder<dev.capstan.capnp.schema.Node.Parameter.Builder>> target) {
        if (!names.isEmpty()) {
            StructList.Builder<dev.capstan.capnp.schema.Node.Parameter.Builder> parameters = target.apply(names.size());
            for (int i = 0; i < parameters.size(); i++) {
                parameters.get(i).setName(names.get(i).text());
            }
        }
    }

    private static void annotations(
            List<Applied> annotations, IntFunction<StructList.Builder<Annotation.Builder>> target) {
        if (!annotations.isEmpty()) {
            StructList.Builder<Annotation.Builder> list = target.apply(annotations.size());
            for (int i = 0; i < annotations.size(); i++) {
                Applied applied = annotations.get(i);
                Annotation.Builder written = list.get(i);
                written.setId(applied.annotation().id());
                written.initBrand();
                TypeWriter.brand(applied.brand(), written::getBrand);
                ValueWriter.write(written.initValue(), applied.value());
            }
        }
    }

    private static void targets(
            dev.capstan.capnp.schema.Node.Annotation.Builder target, Set<Declaration.Target> targets) {
        for (Declaration.Target one : targets) {
            switch (one) {
                case FILE -> target.setTargetsFile(true);
                case CONST -> target.setTargetsConst(true);
                case ENUM -> target.setTargetsEnum(true);
                case ENUMERANT -> target.setTargetsEnumerant(true);
                case STRUCT -> target.setTargetsStruct(true);
                case FIELD -> target.setTargetsField(true);
                case UNION -> target.setTargetsUnion(true);
                case GROUP -> target.setTargetsGroup(true);
                case INTERFACE -> target.setTargetsInterface(true);
                case METHOD -> target.setTargetsMethod(true);
                case PARAM -> target.setTargetsParam(true);
                case ANNOTATION -> target.setTargetsAnnotation(true);
            }
        }
    }

    private static void enumerants(
            StructList.Builder<dev.capstan.capnp.schema.Enumerant.Builder> target, Content.Enumeration body) {
        for (int i = 0; i < target.size(); i++) {
            Content.Enumerant enumerant = body.enumerants().get(i);
            var written = target.get(i);
            written.setName(enumerant.name());
            written.setCodeOrder(enumerant.codeOrder());
            annotations(enumerant.annotations(), written::initAnnotations);
        }
    }

    private static void struct(dev.capstan.capnp.schema.Node.Builder node, Struct struct) {
        var target = node.initStruct();
        target.setDataWordCount(struct.dataWords());
        target.setPointerCount(struct.pointers());
        target.setPreferredListEncoding(ElementSize.INLINE_COMPOSITE);
        target.setIsGroup(struct.isGroup());
        target.setDiscriminantCount(struct.discriminants());
        target.setDiscriminantOffset(struct.discriminantOffset());
        if (!struct.fields().isEmpty()) {
            var fields = target.initFields(struct.fields().size());
            for (int i = 0; i < fields.size(); i++) {
                field(fields.get(i), struct.fields().get(i));
            }
        }
    }

    private static void field(dev.capstan.capnp.schema.Field.Builder target, Field field) {
        target.setName(field.name());
        target.setCodeOrder(field.codeOrder());
        if (field.discriminant() != Field.NONE) {
            target.setDiscriminantValue(field.discriminant());
        }
        if (field.ordinal() != Field.NONE) {
            target.getOrdinal().setExplicit(field.ordinal());
        }
        annotations(field.annotations(), target::initAnnotations);
        Struct group = field.group();
        if (group != null) {
            target.initGroup().setTypeId(group.id());
            return;
        }
        var slot = target.initSlot();
        slot.setOffset(field.offset());
        TypeWriter.write(slot.initType(), field.type());
        Slot value = field.defaultValue();
        slot.setHadExplicitDefault(value != null);
        ValueWriter.write(slot.initDefaultValue(), value == null ? new Slot(field.type(), null) : value);
    }

    private static void interfaceType(dev.capstan.capnp.schema.Node.Interface.Builder target, Content.Interface body) {
        var superclasses = target.initSuperclasses(body.superclasses().size());
        for (int i = 0; i < superclasses.size(); i++) {
            Content.Superclass superclass = body.superclasses().get(i);
            var written = superclasses.get(i);
            written.setId(superclass.node().id());
            TypeWriter.brand(superclass.brand(), written::initBrand);
        }
        var methods = target.initMethods(body.methods().size());
        for (int i = 0; i < methods.size(); i++) {
            Content.Method method = body.methods().get(i);
            var written = methods.get(i);
            written.setName(method.name());
            written.setCodeOrder(method.codeOrder());
            written.setParamStructType(method.parameters().structId());
            TypeWriter.brand(method.parameters().brand(), written::initParamBrand);
            written.setResultStructType(method.results().structId());
            TypeWriter.brand(method.results().brand(), written::initResultBrand);
            var implicit =
                    written.initImplicitParameters(method.implicitParameters().size());
            for (int j = 0; j < implicit.size(); j++) {
                implicit.get(j).setName(method.implicitParameters().get(j).text());
            }
            annotations(method.annotations(), written::initAnnotations);
        }
    }
}
