package dev.capstan.gateway.serve;

/**
 * What is wrong with a configuration file, and what to write instead. A value.
 *
 * @param line where, counted from 1
 * @param key the path of the key, as in {@code tls.certificate} or {@code serve[2].path}; empty for what is no TOML
 * @param text what to do
 */
public record Problem(int line, String key, String text) {
    /** As {@code line: key: text}, to be put behind the name of the file and a colon. */
    @Override
    public String toString() {
        return line + ": " + (key.isEmpty() ? "" : key + ": ") + text;
    }
}
