/** Many calls, slow readers and ends in the middle, and what they leave behind. */
@NullMarked
package dev.capstan.grpc.stress;

import org.jspecify.annotations.NullMarked;
