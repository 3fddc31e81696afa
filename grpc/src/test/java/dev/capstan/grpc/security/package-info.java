/** Who may speak to whom, over which way, and what is never told. */
@NullMarked
package dev.capstan.grpc.security;

import org.jspecify.annotations.NullMarked;
