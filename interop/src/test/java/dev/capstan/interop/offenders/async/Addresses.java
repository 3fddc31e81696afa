package dev.capstan.interop.offenders.async;

import java.net.InetSocketAddress;

/** Innocent: async says what an address is. */
record Addresses(InetSocketAddress address) {
    System.Logger log() {
        return System.getLogger("innocent");
    }
}
