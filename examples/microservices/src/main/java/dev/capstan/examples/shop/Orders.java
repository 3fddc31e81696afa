package dev.capstan.examples.shop;

import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remote;

/** What customers may call. */
// snippet orders
@Remote(blocking = true)
public interface Orders {
    /** Orders things. Cap'n Web's calls have no metadata, so the trace that the order belongs to is a parameter, as the header of W3C has it. */
    Pending<Receipt> order(String item, int count, String traceparent) throws Exception;

    record Receipt(String item, int count, long cents) {}
}
// end snippet
