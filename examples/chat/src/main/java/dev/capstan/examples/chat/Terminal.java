package dev.capstan.examples.chat;

import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;

/** Says each line of its input in a room, and prints what is said there. */
public final class Terminal {
    private Terminal() {}

    // snippet terminal
    static void chat(NetLoop net, URI server, String name, String room, Reader in, PrintStream out) throws IOException {
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        try (var peer = new WebClient(net.loop(), http).connect(server);
                // Neither is there yet: both calls leave together, and a failure of the first is one of the second.
                var member = Binder.of(MethodHandles.lookup())
                        .stub(Lobby.class, net.loop(), peer.main())
                        .enter(name);
                var joined = member.join(room, new Screen(out))) {
            BufferedReader lines = new BufferedReader(in);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                joined.say(line);
            }
        }
    }

    /** Called by the server. */
    private record Screen(PrintStream out) implements Lobby.Screen {
        @Override
        public void message(Lobby.Message message) {
            out.println(message.from() + ": " + message.text());
        }

        @Override
        public void present(List<String> names) {
            out.println("* here: " + String.join(", ", names));
        }
    }
    // end snippet

    public static void main(String[] args) throws IOException {
        try (var net = NetLoop.open("terminal", Transport.AUTO)) {
            chat(
                    net,
                    URI.create(args[0]),
                    args[1],
                    args.length > 2 ? args[2] : "lobby",
                    new InputStreamReader(System.in, StandardCharsets.UTF_8),
                    System.out);
        }
    }
}
