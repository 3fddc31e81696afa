package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.Message;
import dev.capstan.async.Promise;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.types.BackGrpc;
import dev.capstan.testprotos.types.BackRpc;
import dev.capstan.testprotos.types.New;
import dev.capstan.testprotos.types.Old;
import dev.capstan.testprotos.types.Types2;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages with fields of every type, filled at random, come back as they were sent. */
class RandomMessagesTest {
    private static final int EACH_WAY = 250;

    private final Served served = new Served(server -> server.service(BackRpc.bind(new Back())));

    /** Gives what it gets. */
    private static final class Back implements BackRpc.Blocking {
        @Override
        public New give(New request) {
            return request;
        }

        @Override
        public Old giveOld(Old request) {
            return request;
        }

        @Override
        public Messages<New> giveAll(Messages<New> requests) {
            return requests;
        }

        @Override
        public Messages<Old> giveAllOld(Messages<Old> requests) {
            return requests;
        }
    }

    @AfterEach
    void close() {
        served.close();
    }

    private static RandomMessages seeded(long seed) {
        return new RandomMessages(
                new Random(seed),
                List.of(
                        Types2.extra.getDescriptor(),
                        Types2.extras.getDescriptor(),
                        Types2.extraMessage.getDescriptor()),
                List.of(Old.getDefaultInstance()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    @Parity("GRPC-S2.3")
    void messages_with_fields_of_every_type_come_back(long seed) throws IOException {
        GrpcClient client = served.client();
        RandomMessages random = seeded(seed);
        String words = "seed " + seed + ", message ";
        come_back(
                client, BackGrpc.getGiveMethod(), BackGrpc.getGiveAllMethod(), random, New.getDefaultInstance(), words);
        come_back(
                client,
                BackGrpc.getGiveOldMethod(),
                BackGrpc.getGiveAllOldMethod(),
                random,
                Old.getDefaultInstance(),
                words);
    }

    @SuppressWarnings("unchecked") // A message like one of M is an M.
    private static <M extends Message> void come_back(
            GrpcClient client,
            MethodDescriptor<M, M> one,
            MethodDescriptor<M, M> stream,
            RandomMessages random,
            M prototype,
            String words)
            throws IOException {
        for (int i = 0; i < EACH_WAY; i++) {
            M sent = (M) random.like(prototype);
            assertEquals(sent, whole(client.one(one, sent, CallSettings.DEFAULT)), words + i);
        }
        try (GrpcCall<M, M> call = client.call(stream)) {
            for (int i = 0; i < EACH_WAY; i++) {
                M sent = (M) random.like(prototype);
                call.write(sent);
                assertEquals(sent, whole(call.read()), words + i);
            }
            call.end();
            assertNull(call.read());
        }
    }

    /** With extensions as such: grpc-java's marshallers, which know of none, leave them among the unknown fields. */
    private static @Nullable Message whole(@Nullable Message answer) throws IOException {
        if (answer == null) {
            return null;
        }
        ExtensionRegistry extensions = ExtensionRegistry.newInstance();
        Types2.registerAllExtensions(extensions);
        return answer.getParserForType().parseFrom(answer.toByteString(), extensions);
    }

    @Test
    void the_messages_have_all_types_and_come_in_all_fields() {
        Set<FieldDescriptor> all = new HashSet<>(Old.getDescriptor().getFields());
        all.addAll(New.getDescriptor().getFields());
        Set<FieldDescriptor.Type> types = EnumSet.noneOf(FieldDescriptor.Type.class);
        all.forEach(field -> types.add(field.getType()));
        assertEquals(EnumSet.allOf(FieldDescriptor.Type.class), types);

        RandomMessages random = seeded(1);
        for (int i = 0; i < EACH_WAY; i++) {
            random.like(New.getDefaultInstance()).getAllFields().keySet().forEach(all::remove);
            random.like(Old.getDefaultInstance()).getAllFields().keySet().forEach(all::remove);
        }
        assertEquals(Set.of(), all);
    }

    @Test
    void a_typed_client_gives_them_back_as_well() throws IOException {
        New sent = (New) seeded(7).like(New.getDefaultInstance());
        Promise<New> promised = BackRpc.client(served.client()).give(sent);
        assertEquals(sent, whole(promised.await()));
    }
}
