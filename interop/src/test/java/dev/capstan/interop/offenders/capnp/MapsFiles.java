package dev.capstan.interop.offenders.capnp;

import java.net.URI;
import java.nio.channels.FileChannel;

/** Innocent: a file is no socket and a URI no connection. */
record MapsFiles(FileChannel file, URI name) {}
