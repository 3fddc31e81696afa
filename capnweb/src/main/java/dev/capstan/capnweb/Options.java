package dev.capstan.capnweb;

/**
 * How a session is held: what {@link WebPeer}, {@link WebServer} and {@link WebClient} take besides what they speak through. A value: {@code
 * Options.DEFAULT.withCompat(Compat.V0_8)}.
 *
 * @param limits what the peer may cost
 * @param compat the oldest version that the peer may run
 * @param onSendError sees each error before the peer is told of it
 */
public record Options(Limits limits, Compat compat, OnSendError onSendError) {
    /** Default limits, for peers of version 0.11 and later, which are told what was meant for them. */
    public static final Options DEFAULT = new Options(Limits.DEFAULT, Compat.V0_12, (error, thrown) -> null);

    /** These options with other limits. */
    public Options withLimits(Limits other) {
        return new Options(other, compat, onSendError);
    }

    /** These options for peers of another version. */
    public Options withCompat(Compat oldest) {
        return new Options(limits, oldest, onSendError);
    }

    /** These options with another view of errors. */
    public Options withOnSendError(OnSendError hook) {
        return new Options(limits, compat, hook);
    }

    /**
     * These options, and the peer reads the messages of all exceptions, also of those that were not meant for it: paths, addresses, statements of a database. For peers that are
     * trusted as the program itself is.
     */
    public Options withMessagesShown() {
        return withOnSendError((error, thrown) -> error.withStack(null));
    }
}
