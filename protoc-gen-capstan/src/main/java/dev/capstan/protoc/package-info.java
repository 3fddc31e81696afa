/**
 * The plugin of protoc that writes typed services: {@link dev.capstan.protoc.Main} speaks to protoc, {@code Generator} answers it, {@code ServiceFile} is the text of one service.
 */
@NullMarked
package dev.capstan.protoc;

import org.jspecify.annotations.NullMarked;
