package dev.capstan.capnpc.breaking;

/**
 * One change that somebody will notice. An immutable value.
 *
 * @param rule what it does wrong
 * @param level whom it hurts
 * @param location where
 * @param text what was changed and what to do instead, in sentences
 */
public record Finding(Rule rule, Level level, Location location, String text) {
    /** The file and the declaration, the rule and the text in one line. */
    @Override
    public String toString() {
        return location.file()
                + (location.declaration().isEmpty() ? "" : ":" + location.declaration())
                + ": " + rule.id() + ": " + text;
    }
}
