package dev.capstan.examples.shop;

import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remote;

/** What customers may call. */
// snippet orders
@Remote(blocking = true)
public interface Orders {
    /** Orders things. Cap'n Web's calls have no metadata, so {@code correlationId}, which log lines will have, is a parameter. */
    Pending<Receipt> order(String item, int count, String correlationId);

    record Receipt(String item, int count, long cents) {}
}
// end snippet
