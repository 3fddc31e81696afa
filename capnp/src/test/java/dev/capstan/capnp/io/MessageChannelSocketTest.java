package dev.capstan.capnp.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages over real sockets. */
class MessageChannelSocketTest {
    private static final int MESSAGES = 60;

    private static MessageChannel channel(Loop loop, ByteStream stream, boolean packed) {
        return packed
                ? MessageChannel.packed(loop, stream, Limits.DEFAULT)
                : new MessageChannel(loop, stream, Limits.DEFAULT);
    }

    private static MessageBuilder message(byte[] content) {
        MessageBuilder message = new MessageBuilder(16);
        message.root().setAs(Data.TYPE, Data.of(content));
        return message;
    }

    /** Sends back what comes until the other side ends, then ends as well. */
    private static Promise<Void> echo(MessageChannel channel) {
        return channel.next().then(message -> {
            if (message.isEmpty()) {
                channel.end();
                return Promise.done();
            }
            channel.write(message(message.get().root(Data.TYPE).toByteArray()));
            return channel.drained().then(drained -> echo(channel));
        });
    }

    @ParameterizedTest
    @CsvSource({"EPOLL,false", "EPOLL,true", "NIO,false", "NIO,true"})
    void messages_go_there_and_back_and_both_sides_end(Transport transport, boolean packed) {
        Random random = new Random(5);
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            byte[] content = new byte[random.nextInt(random.nextInt(8) == 0 ? 2_000_000 : 300)];
            random.nextBytes(content);
            contents.add(content);
        }
        try (NetLoop net = NetLoop.onThisThread(transport)) {
            Loop loop = net.loop();
            List<Promise<Void>> echoes = new ArrayList<>();
            try (var listener = loop.await(net.network()
                    .listen(
                            new Address.Tcp("127.0.0.1", 0),
                            stream -> echoes.add(
                                    echo(channel(loop, stream, packed)).eager())))) {
                MessageChannel client = channel(loop, loop.await(net.network().connect(listener.address())), packed);
                contents.forEach(content -> client.write(message(content)));
                client.end();
                for (byte[] content : contents) {
                    assertArrayEquals(
                            content,
                            loop.await(client.next())
                                    .orElseThrow()
                                    .root(Data.TYPE)
                                    .toByteArray());
                }
                assertEquals(Optional.empty(), loop.await(client.next()));
                loop.await(echoes.getFirst());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"EPOLL", "NIO"})
    void a_socket_that_breaks_within_a_message_fails_the_one_that_is_waited_for(Transport transport) {
        try (NetLoop net = NetLoop.onThisThread(transport)) {
            Loop loop = net.loop();
            byte[] frame = message(new byte[1000]).toByteArray();
            try (var listener = loop.await(net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {
                stream.write(frame, 0, frame.length);
                stream.write(frame, 0, frame.length - 8);
                stream.end();
            }))) {
                MessageChannel client = channel(loop, loop.await(net.network().connect(listener.address())), false);
                assertEquals(
                        1000,
                        loop.await(client.next()).orElseThrow().root(Data.TYPE).size());
                assertThrows(MessageException.class, () -> loop.await(client.next()));
                assertThrows(MessageException.class, () -> loop.await(client.next()));
            }
        }
    }
}
