package dev.capstan.interop.offenders.capnp;

import dev.capstan.interop.offenders.capnweb.WebSession;

/** One wire inside another. */
record SeesTheOtherWire(WebSession session) {}
