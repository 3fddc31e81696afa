/** A shop of three services, one for each wire: orders on Cap'n Web ask the stock on gRPC, which asks the prices on Cap'n Proto; one trace has the spans and log lines of all three. */
@NullMarked
package dev.capstan.examples.shop;

import org.jspecify.annotations.NullMarked;
