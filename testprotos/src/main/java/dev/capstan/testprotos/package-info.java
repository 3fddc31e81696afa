/** The service of gRPC's official interoperability tests and what their clients ask of it: for tests and for load. */
@NullMarked
package dev.capstan.testprotos;

import org.jspecify.annotations.NullMarked;
