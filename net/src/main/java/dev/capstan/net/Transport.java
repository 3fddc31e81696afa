package dev.capstan.net;

/** Which interface of the operating system carries the sockets of a {@link NetLoop}. */
public enum Transport {
    /** {@link #EPOLL} where it is available, else {@link #NIO}. */
    AUTO,
    /** Linux epoll through Netty's native library: one system call less for each message, and half the latency of a selector. */
    EPOLL,
    /** The JDK's own channels and selector: works everywhere. */
    NIO
}
