package dev.capstan.capnp;

import org.jspecify.annotations.Nullable;

/** Lists of Void, which are nothing but a length. An element counts one word against the traversal limit all the same. */
public final class VoidList {
    /** The token of {@code List(Void)}. */
    public static final PointerType<Builder, Reader> TYPE = new Type();

    private VoidList() {}

    /** The reading side. */
    public static final class Reader extends CapnpList<@Nullable Void> {
        private Reader(Elements elements) {
            super(elements);
        }

        @Override
        public @Nullable Void get(int index) {
            position(index);
            return null;
        }
    }

    /** The writing side. */
    public static final class Builder extends CapnpList<@Nullable Void> {
        private Builder(Elements elements) {
            super(elements);
        }

        @Override
        public @Nullable Void get(int index) {
            position(index);
            return null;
        }
    }

    private static final class Type extends ListType<Builder, Reader> {
        Type() {
            super(ElementSize.VOID);
        }

        @Override
        Reader reader(Elements elements) {
            return new Reader(elements);
        }

        @Override
        Builder builder(Elements elements) {
            return new Builder(elements);
        }
    }
}
