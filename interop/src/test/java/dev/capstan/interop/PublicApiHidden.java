package dev.capstan.interop;

import java.util.List;

/** A parent that users of {@link PublicApiSample} do not see, unlike what they have from it. */
abstract class PublicApiHidden<T> {
    public List<T> inherited() {
        return List.of();
    }

    protected void forChildren() {}
}
