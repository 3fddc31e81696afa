package dev.capstan.capnpc.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens up to a semicolon, or up to a block and the block.
 *
 * @param block null when the statement ends with a semicolon
 * @param comment the comment that documents the statement, its lines ended by newlines
 */
record Statement(
        List<Token> tokens,
        @Nullable List<Statement> block,
        @Nullable String comment,
        int start,
        int end) {}
