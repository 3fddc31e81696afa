package dev.capstan.gateway.frames;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;

/** A message of protobuf as JSON, but without secrets, with the size of bytes in place of them, and cut. */
final class ProtoText {
    private final Secrets secrets;
    private final Text out;

    ProtoText(Decoding decoding) {
        this.secrets = decoding.secrets();
        this.out = new Text(decoding.limits().texts());
    }

    String of(Message message) {
        print(message);
        return out.toString();
    }

    private void print(Message message) {
        out.put("{");
        String between = "";
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (out.isFull()) {
                break;
            }
            out.put(between).quoted(field.getKey().getJsonName()).put(":");
            between = ",";
            if (secrets.hides(field.getKey().getName())) {
                out.put(Secrets.MARK);
            } else {
                value(field.getValue());
            }
        }
        out.put("}");
    }

    private void value(Object value) {
        switch (value) {
            case String text -> out.quoted(text);
            case ByteString bytes -> out.put("<" + bytes.size() + " bytes>");
            case EnumValueDescriptor constant -> out.quoted(constant.getName());
            case Message inner -> print(inner);
            case List<?> elements -> {
                out.put("[");
                for (int i = 0; i < elements.size() && !out.isFull(); i++) {
                    out.put(i == 0 ? "" : ",");
                    value(elements.get(i));
                }
                out.put("]");
            }
            default -> out.put(value.toString());
        }
    }
}
