package dev.capstan.capnweb;

import dev.capstan.cap.Format;
import dev.capstan.cap.Payload;

/** Payloads that are values of JavaScript: a list of arguments, or a result. */
public final class WebFormat implements Format {
    /** The only one. */
    public static final WebFormat INSTANCE = new WebFormat();

    private WebFormat() {}

    @Override
    public Payload allocate(int sizeHint) {
        return new WebPayload();
    }

    @Override
    public String name() {
        return "Cap'n Web";
    }
}
