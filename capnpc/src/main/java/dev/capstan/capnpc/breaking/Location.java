package dev.capstan.capnpc.breaking;

/**
 * Where a change was made.
 *
 * @param file path of the schema, as its request names it
 * @param startByte where the declaration begins in the file, in bytes; 0 if the request does not tell
 * @param declaration what it is called in the file, such as {@code Person.address}; empty for the file itself
 * @param isInBase whether {@code file} and {@code startByte} are those of the older version, because nothing is left in the newer one
 */
public record Location(String file, int startByte, String declaration, boolean isInBase) {
    /** The same place, for something that is no longer declared there. */
    Location of(String gone) {
        return new Location(file, startByte, gone, isInBase);
    }
}
