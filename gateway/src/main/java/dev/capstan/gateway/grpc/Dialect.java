package dev.capstan.gateway.grpc;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import org.jspecify.annotations.Nullable;

/** How values look for which protobuf has types of its own: to Cap'n Web, or on the way to and from Cap'n Proto. */
interface Dialect {
    /** As JavaScript likes it: well-known types as its own values, maps as objects. */
    Dialect WEB = new Dialect() {
        @Override
        public boolean isJavaScript() {
            return true;
        }

        @Override
        public @Nullable String name(EnumValueDescriptor value) {
            return value.getName();
        }

        @Override
        public @Nullable EnumValueDescriptor find(EnumDescriptor type, String name) {
            return type.findValueByName(name);
        }
    };

    /** Whether values are for JavaScript. If not, well-known types are messages like others, maps are lists of entries, and enums have no numbers without names. */
    boolean isJavaScript();

    /** What a value of an enum is called; null if it has no name there. */
    @Nullable
    String name(EnumValueDescriptor value);

    /** The value of an enum that is called so; null if there is none. */
    @Nullable
    EnumValueDescriptor find(EnumDescriptor type, String name);
}
