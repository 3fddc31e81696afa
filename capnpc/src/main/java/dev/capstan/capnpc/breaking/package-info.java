/**
 * What two versions of the same schemas have in common: which changes keep programs apart that were built with one and the other.
 *
 * <p>Start at {@link dev.capstan.capnpc.breaking.SchemaComparison}; the rules are in {@link dev.capstan.capnpc.breaking.Rule}.
 */
@NullMarked
package dev.capstan.capnpc.breaking;

import org.jspecify.annotations.NullMarked;
