package dev.capstan.examples.batch;

import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remote;
import java.util.List;

/** What the server's clients may call. */
// snippet api
@Remote
public interface Api {
    Pending<User> authenticate(String token);

    Pending<Profile> profile(Pending<String> userId);

    Pending<List<String>> notifications(Pending<String> userId);

    record User(String id, String name) {}

    record Profile(String bio) {}
}
// end snippet
