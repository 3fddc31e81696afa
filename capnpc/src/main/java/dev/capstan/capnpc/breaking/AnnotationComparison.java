package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.StructList;
import dev.capstan.capnp.schema.Annotation;
import dev.capstan.capnp.schema.Node;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the use of those annotations that are known to decide about a format or about generated code. Others are nobody's contract. */
final class AnnotationComparison {
    /** Those of json.capnp decide how a value looks in JSON. */
    private static final Map<Long, String> JSON = Map.of(
            0xfa5b1fd61c2e7c3dL, "Json.name",
            0x82d3e852af0336bfL, "Json.flatten",
            0xcfa794e8d19a0162L, "Json.discriminator",
            0xd7d879450a253e4bL, "Json.base64",
            0xf061e22f0ae5c7b5L, "Json.hex",
            0xa0a054dea32fd98cL, "Json.notification");

    /** Names and packages of generated code. */
    private static final Map<Long, String> CODE = Map.of(
            0x9ee4c8f803b3b596L, "Java.package",
            0xd3a6c0f1b5e84f27L, "Java.name",
            0xb9c6f99ebf805f2cL, "Cxx.namespace",
            0xf264a779fef191ceL, "Cxx.name");

    private final Report report;

    AnnotationComparison(Report report) {
        this.report = report;
    }

    void onNode(Node.Reader before, Node.Reader after, Location location) {
        onMember(before.getAnnotations(), after.getAnnotations(), location);
    }

    void onMember(
            StructList.Reader<Annotation.Reader> before,
            StructList.Reader<Annotation.Reader> after,
            Location location) {
        JSON.forEach((id, name) -> {
            if (differ(find(before, id), find(after, id))) {
                report.breaking(
                        Rule.ANNOTATED_DIFFERENTLY,
                        location,
                        "$" + name + " was added, changed or removed, which changes the JSON form. Keep it as it was.");
            }
        });
        CODE.forEach((id, name) -> {
            if (differ(find(before, id), find(after, id))) {
                report.sourceOnly(
                        Rule.ANNOTATED_DIFFERENTLY,
                        location,
                        "$" + name + " was added, changed or removed; generated code has other names now.");
            }
        });
    }

    private static Annotation.@Nullable Reader find(StructList.Reader<Annotation.Reader> annotations, long id) {
        for (Annotation.Reader annotation : annotations) {
            if (annotation.getId() == id) {
                return annotation;
            }
        }
        return null;
    }

    private static boolean differ(Annotation.@Nullable Reader a, Annotation.@Nullable Reader b) {
        return (a == null || b == null) ? a != b : !a.getValue().contentEquals(b.getValue());
    }
}
