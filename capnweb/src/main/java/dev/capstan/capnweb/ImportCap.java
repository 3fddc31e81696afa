package dev.capstan.capnweb;

import dev.capstan.cap.Path;

/** An object of the peer. */
final class ImportCap extends RemoteCap {
    private final long id;

    ImportCap(Session session, long id) {
        super(session);
        this.id = id;
    }

    @Override
    long id() {
        return id;
    }

    @Override
    Path.Names place() {
        return Path.Names.NONE;
    }

    @Override
    protected void released() {
        session.imports.released(this);
    }

    @Override
    public String toString() {
        return "import " + id;
    }
}
