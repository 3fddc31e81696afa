package dev.capstan.capnweb.bind;

import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Stub;
import org.jspecify.annotations.Nullable;

/** References without interface. */
final class StubShape implements Shape {
    @Override
    public Object write(@Nullable Object value, Writing to) {
        return switch (value) {
            case Stub stub -> to.reference(stub);
            case Cap cap -> to.reference(cap);
            case null, default -> throw Mismatch.isNull();
        };
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        return from.stub(tree);
    }

    @Override
    public String typescript(TypeScript out) {
        out.imports("RpcStub");
        return "RpcStub<any>";
    }
}
