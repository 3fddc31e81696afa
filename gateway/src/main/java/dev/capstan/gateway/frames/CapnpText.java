package dev.capstan.gateway.frames;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.dynamic.DynamicEnum;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.StructSchema.Field;

/** A struct in the text form of {@link dev.capstan.capnp.text.TextForm}, but without secrets, with the size of data in place of its bytes, and cut. */
final class CapnpText {
    private final Secrets secrets;
    private final Text out;

    CapnpText(Decoding decoding) {
        this.secrets = decoding.secrets();
        this.out = new Text(decoding.limits().texts());
    }

    /** Never fails: what cannot be read says why, in its place. */
    String of(DynamicStruct.Reader struct) {
        try {
            print(struct);
            return out.toString();
        } catch (MessageException e) {
            return out + "<" + Text.plain(String.valueOf(e.getMessage())) + ">";
        }
    }

    private void print(DynamicValue value) {
        switch (value) {
            case DynamicValue.Text(String text) -> out.quoted(text);
            case DynamicValue.Bytes(dev.capstan.capnp.Data data) -> out.put("<" + data.size() + " bytes>");
            case DynamicValue.Capability v -> out.put("<capability>");
            case DynamicValue.Any v -> out.put("<pointer>");
            case DynamicValue.Nothing v -> out.put("void");
            case DynamicValue.Bool v -> out.put(v.toString());
            case DynamicValue.Int v -> out.put(v.toString());
            case DynamicValue.UInt v -> out.put(v.toString());
            case DynamicValue.Real v -> out.put(v.toString());
            case DynamicEnum v -> out.put(v.toString());
            case DynamicList.Reader list -> {
                out.put("[");
                for (int i = 0; i < list.size() && !out.isFull(); i++) {
                    out.put(i == 0 ? "" : ", ");
                    print(list.get(i));
                }
                out.put("]");
            }
            case DynamicStruct.Reader struct -> {
                out.put("(");
                fields(struct);
                out.put(")");
            }
        }
    }

    private void fields(DynamicStruct.Reader struct) {
        Field member = struct.which();
        boolean isFirst = true;
        for (Field field : struct.schema().fields()) {
            boolean isSet = field.isInUnion() ? field.equals(member) : struct.has(field);
            if (!isSet || out.isFull()) {
                continue;
            }
            out.put(isFirst ? "" : ", ").put(field.name()).put(" = ");
            isFirst = false;
            if (secrets.hides(field.name())) {
                out.put(Secrets.MARK);
            } else {
                print(struct.get(field));
            }
        }
    }
}
