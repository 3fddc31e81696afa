package dev.capstan.interop.offenders.async;

import java.util.logging.Logger;

/** async may use java.base alone; java.util.logging is another module. */
final class Logs {
    void log() {
        Logger.getAnonymousLogger().info("not with this logger");
    }
}
