/** A database behind gRPC: a pool of connections, a token for each call, rows as the client reads them, and calls whose cancelling cancels the statement. */
@NullMarked
package dev.capstan.examples.database;

import org.jspecify.annotations.NullMarked;
