package dev.capstan.capnweb;

import dev.capstan.async.Address;
import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.ObservedSession.Origin;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpRequest;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.net.http.WebSocket;
import dev.capstan.net.webtransport.WebTransportRequest;
import dev.capstan.net.webtransport.WebTransportRoutes;
import dev.capstan.net.webtransport.WebTransportSession;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serves Cap'n Web at a path of an HTTP server: sessions over WebSockets, and batches, which are sessions that last for one POST.
 *
 * <p>{@link #routes} is given to a {@link dev.capstan.net.http.HttpServer}, alone or {@linkplain HttpRoutes#and beside} routes of other kinds. Each session begins
 * with the object that {@link Door} answers its visitor with.
 *
 * <p><b>Web pages.</b> A browser sends a page's requests with the cookies of the host that they go to, whoever wrote the page. So both kinds of session are open to pages of the same
 * host and port alone, unless other origins are named. Programs that are no browsers send no origin and are let in; it is for {@code Door} to know them.
 *
 * <p>Belongs to its loop and is used on its thread. {@link #close} ends all sessions.
 */
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WebServer.class.getName());

    private final Loop loop;
    private final Door door;
    private final Options options;
    private final Access access;
    private final Set<Session> sessions = new LinkedHashSet<>();
    /** Batches, and WebSockets whose main object is not there yet. */
    private int others;

    /** What ends each batch that is not answered yet, when it is cut. */
    private final Set<Completer<HttpResponse>> batches = new LinkedHashSet<>();

    private Runnable onNoOthers = () -> {};
    private boolean closed;
    /** That somebody's origin was refused: a page sees nothing of the reason. */
    private final RareWarning refusals;

    private @Nullable ResumableServer resumption;
    private Function<? super Visitor, String> principal = visitor -> "";

    /** Decides what a visitor may call first. */
    @FunctionalInterface
    public interface Door {
        /**
         * The main object of a session with {@code visitor}; the session becomes its owner. A {@link Failure} is told to the visitor: over a WebSocket as the end of the session, over
         * HTTP as status 403, or 429, 503 or 404 where its kind says so. What else it throws or fails with is logged, and the visitor hears that something went wrong.
         */
        Promise<Cap> open(Visitor visitor) throws Exception;
    }

    /**
     * Who wants a session.
     *
     * @param request its head: path, query, headers; the body is empty
     * @param batch whether it is a batch, over which the visitor's objects cannot be called
     */
    public record Visitor(HttpRequest request, boolean batch) {
        /** The value of a header; the first if there are several. */
        public Optional<String> header(String name) {
            return Optional.ofNullable(request.headers().first(name));
        }

        /** Where the web page comes from that asks; empty for programs that are no browsers. */
        public Optional<String> origin() {
            return header("origin");
        }

        /** The value of a cookie as it was sent. */
        public Optional<String> cookie(String name) {
            return request.headers().all("cookie").stream()
                    .flatMap(line -> Stream.of(line.split(";", -1)))
                    .map(String::strip)
                    .filter(pair -> pair.startsWith(name + "="))
                    .map(pair -> pair.substring(name.length() + 1))
                    .findFirst();
        }
    }

    /** A server with {@link Options#DEFAULT}, open to web pages of its own host. */
    public WebServer(Loop loop, Door door) {
        this(loop, door, Options.DEFAULT, Access.SAME_HOST);
    }

    /** A server that lets in whom {@code access} allows. */
    public WebServer(Loop loop, Door door, Options options, Access access) {
        this.loop = loop;
        this.door = door;
        this.options = options;
        this.access = access;
        this.refusals = new RareWarning(loop, LOG);
    }

    /**
     * From now on sessions outlive their connections for clients that ask for it, as {@link WebClient#connectResumable} and the npm package capstan-web do; others notice nothing. Called once,
     * before {@link #routes}.
     *
     * @param lasting keeps these sessions; closed with this server
     * @param principal whom a visitor is, from what every connection of it brings along, such as a cookie: a session goes on only with whom it began with. Does not block; empty text if there is
     *     nothing to tell visitors apart, so that who has the token has the session
     * @return this
     */
    public WebServer resumable(ResumableServer lasting, Function<? super Visitor, String> principal) {
        if (resumption != null) {
            throw new IllegalStateException("sessions of this server are resumable already");
        }
        this.resumption = lasting;
        this.principal = principal;
        return this;
    }

    /** Sessions and batches that are served now. */
    public int open() {
        return sessions.size() + others;
    }

    /** Sizes of the tables of each session over a WebSocket, oldest first. */
    public List<WebPeer.Tables> tables() {
        return sessions.stream().map(Session::tables).toList();
    }

    /** WebSockets and POST at {@code path}, which may end in {@code /*}; and what browsers ask before they let a page of another origin in. */
    public HttpRoutes routes(String path) {
        String[] subprotocols = resumption == null ? new String[0] : new String[] {ResumableServer.SUBPROTOCOL};
        return HttpRoutes.none()
                .origins(this::allows)
                .on("POST", path, this::batch)
                .on("OPTIONS", path, this::preflight)
                .webSocket(
                        path,
                        new HttpRoutes.SocketHandler() {
                            @Override
                            public void opened(HttpRequest request, WebSocket socket) {
                                socket(request, socket);
                            }

                            @Override
                            public @Nullable HttpResponse refusal(HttpRequest request) {
                                return WebServer.this.refusal(request);
                            }
                        },
                        subprotocols);
    }

    /**
     * WebTransport at {@code path}, which may end in {@code /*}, for a {@link dev.capstan.net.webtransport.WebTransportServer} of the same loop; each message is a line of the stream.
     * Pages may come from any port of the server's host, since HTTP and QUIC mostly have different ones. The visitor's request is a CONNECT, with {@code host} and {@code origin}
     * among its headers.
     *
     * <p>If that server accepts {@link dev.capstan.net.webtransport.EarlyData}, a session may begin before it is known that it is no repetition of what somebody has recorded: the request has the header {@code
     * early-data: 1} then, as RFC 8470 has it, and {@link Door} must do nothing that may not happen again.
     */
    public WebTransportRoutes transports(String path) {
        return WebTransportRoutes.none().origins(this::allows).on(path, this::transport);
    }

    /** Ends all sessions; new ones are refused with 503. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(sessions).forEach(Session::close);
        cutBatches();
        if (resumption != null) {
            resumption.close();
        }
    }

    /**
     * Ends all sessions when what is in flight in them has finished, as {@link WebPeer#drain} has it, and gives the number of calls that had to be cut. New sessions are refused with 503
     * at once, so that whoever decides where visitors go sends them elsewhere. A batch that is not answered in time counts as one, and is answered with 503. The draining begins now, whether or
     * not somebody waits for the promise.
     *
     * @param longest when all ends even if something is in flight, positive
     */
    public Promise<Integer> drain(Duration longest) {
        closed = true;
        List<Promise<Integer>> all = new ArrayList<>();
        sessions.forEach(session -> all.add(session.drain(longest)));
        if (others > 0) {
            all.add(drainOthers(longest));
        }
        return all.isEmpty()
                ? Promise.of(0)
                : Promise.all(all)
                        .convert(cut -> cut.stream().mapToInt(Integer::intValue).sum())
                        .eager();
    }

    private void cutBatches() {
        List.copyOf(batches).forEach(batch -> batch.complete(HttpResponse.text(503, "the server is closing")));
    }

    private Promise<Integer> drainOthers(Duration longest) {
        Completer<Integer> done = new Completer<>(loop);
        Promise.Cancelable alarm = loop.timer().after(longest).listen(loop, (rung, failure) -> {
            done.complete(batches.size());
            cutBatches();
        });
        onNoOthers = () -> {
            alarm.cancel();
            done.complete(0);
        };
        return done.promise();
    }

    private void otherOver() {
        if (--others == 0) {
            onNoOthers.run();
        }
    }

    // ---- who may come in

    private @Nullable HttpResponse refusal(HttpRequest request) {
        Access.Refusal refusal = judged(request);
        if (refusal != null) {
            return HttpResponse.text(refusal.status(), refusal.text());
        }
        if (closed) {
            return HttpResponse.text(503, "the server is closing");
        }
        // Who goes on with a session takes no new place.
        boolean mayResume = resumption != null
                && request.headers().all("sec-websocket-protocol").stream()
                        .anyMatch(offered -> offered.contains(ResumableServer.SUBPROTOCOL));
        return mayResume || hasPlace()
                ? null
                : HttpResponse.text(503, "the server has " + open() + " sessions already, which is its limit");
    }

    private boolean hasPlace() {
        return open() < options.limits().transport().sessions();
    }

    private Access.@Nullable Refusal judged(HttpRequest request) {
        Headers headers = request.headers();
        return access.refusal(headers.first("host"), headers.all("origin"), headers.first("sec-fetch-site"), true);
    }

    /** The first question, for which there is one answer; a host that is not known is told so later. */
    private boolean allows(HttpRequest request) {
        Access.Refusal refusal = judged(request);
        if (refusal == null || !refusal.isForOrigin()) {
            return true;
        }
        refusals.warn(refusal.text(), null);
        return false;
    }

    private boolean allows(WebTransportRequest request) {
        String origin = request.origin();
        return access.refusal(request.authority(), origin == null ? List.of() : List.of(origin), null, false) == null;
    }

    /** Asked by browsers before a request with headers of its own, such as one with a token; who is not allowed does not come here. */
    private Promise<HttpResponse> preflight(HttpRequest request) {
        Access.Refusal refusal = judged(request);
        if (refusal != null) {
            return Promise.of(HttpResponse.text(refusal.status(), refusal.text()));
        }
        Headers headers =
                shared(request, Headers.of("access-control-allow-methods", "POST", "access-control-max-age", "600"));
        String wanted = request.headers().first("access-control-request-headers");
        return Promise.of(new HttpResponse(
                204, wanted == null ? headers : headers.with("access-control-allow-headers", wanted), new byte[0]));
    }

    /** The page may read the answer. */
    private static Headers shared(HttpRequest request, Headers headers) {
        String origin = request.headers().first("origin");
        return origin == null
                ? headers
                : headers.with("access-control-allow-origin", origin).with("vary", "origin");
    }

    // ---- WebSockets

    private void socket(HttpRequest request, WebSocket socket) {
        Visitor visitor = new Visitor(request, false);
        ResumableServer lasting = resumption;
        if (lasting != null && socket.subprotocol().equals(ResumableServer.SUBPROTOCOL)) {
            resume(lasting, visitor, LastingSession.connection(socket), peer(socket));
        } else {
            begin(visitor, socket::abort, main -> {
                Opening opening = Opening.session(loop, main, from(peer(socket)));
                opening.session().start();
                opening.opened(new SocketStream(socket, opening));
                return opening.session();
            });
        }
    }

    private static String peer(WebSocket socket) {
        Address remote = socket.remote();
        return remote == null ? "" : remote.toString();
    }

    /** Serves one connection of a session that outlives it; a session that begins is told to come from {@code peer}, also when it goes on over connections from elsewhere. */
    private void resume(ResumableServer lasting, Visitor visitor, MessageStream connection, String peer) {
        String known;
        try {
            known = principal.apply(visitor);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "who sent " + visitor.request() + " could not be told; the connection is closed",
                    e);
            connection.abort(e);
            return;
        }
        lasting.accept(connection, known, stream -> lasting(visitor, stream, peer));
    }

    private void lasting(Visitor visitor, MessageStream stream, String peer) {
        Carrier carrier = main -> {
            Session session = LastingSession.over(loop, stream, main, from(peer));
            session.start();
            return session;
        };
        beginIfThereIsRoom(visitor, carrier);
    }

    private void transport(WebTransportSession connection) {
        WebTransportRequest asked = connection.request();
        ResumableServer lasting = resumption;
        if (lasting != null && LastingSession.isAsked(asked.query())) {
            Visitor visitor =
                    new Visitor(TransportStream.head(asked, LastingSession.rest(asked.query()), false), false);
            // A first word that somebody has recorded would take the session from the connection that it has.
            connection.confirmed().listen(loop, (now, failure) -> {
                if (failure == null) {
                    resume(
                            lasting,
                            visitor,
                            LastingSession.connection(loop, connection, options),
                            connection.peer());
                }
            });
            return;
        }
        HttpRequest head = TransportStream.head(asked, asked.query(), !connection.isConfirmed());
        beginIfThereIsRoom(new Visitor(head, false), main -> {
            Opening opening = Opening.session(loop, main, from(connection.peer()));
            opening.session().start();
            opening.opened(new TransportStream(loop, connection, opening));
            return opening.session();
        });
    }

    private void beginIfThereIsRoom(Visitor visitor, Carrier carrier) {
        if (closed) {
            carrier.begin(null).abort(Failure.disconnected("the server is closing"));
        } else if (hasPlace()) {
            begin(visitor, broken -> {}, carrier);
        } else {
            carrier.begin(null)
                    .abort(Failure.overloaded("the server has " + open() + " sessions already, which is its limit"));
        }
    }

    private Options from(String peer) {
        return options.withOrigin(Origin.from(peer));
    }

    /** Begins sessions over what a visitor came by. */
    @FunctionalInterface
    private interface Carrier {
        /** Takes ownership of {@code main}; null if the session is only begun to say why there is none. */
        Session begin(@Nullable Cap main);
    }

    private void begin(Visitor visitor, Consumer<Throwable> onFault, Carrier carrier) {
        others++;
        admit(visitor).listen(loop, (main, failure) -> {
            otherOver();
            if (main != null && !closed) {
                Session session = carrier.begin(main);
                sessions.add(session);
                session.onDisconnect().listen(loop, (done, why) -> sessions.remove(session));
            } else if (main != null) {
                main.close();
                carrier.begin(null).abort(Failure.disconnected("the server is closing"));
            } else if (failure instanceof Failure known) {
                carrier.begin(null).abort(known);
            } else {
                LOG.log(
                        Level.WARNING,
                        () -> "no main object for " + visitor.request() + "; its WebSocket is closed",
                        failure);
                onFault.accept(failure == null ? Failure.failed("no main object") : failure);
                carrier.begin(null).abort(Failure.failed("the server failed to open a session"));
            }
        });
    }

    private Promise<Cap> admit(Visitor visitor) {
        Promise<Cap> main;
        try {
            main = door.open(visitor);
        } catch (Exception e) {
            main = Promise.failed(e);
        }
        return loop.timer().timeout(options.limits().transport().batchTime(), main);
    }

    // ---- batches

    private Promise<HttpResponse> batch(HttpRequest request) {
        HttpResponse refusal = refusal(request);
        if (refusal != null) {
            return Promise.of(refusal);
        }
        others++;
        HttpRequest head =
                new HttpRequest(request.method(), request.path(), request.query(), request.headers(), new byte[0]);
        Completer<HttpResponse> cut = new Completer<>(loop);
        batches.add(cut);
        Promise<HttpResponse> answer = admit(new Visitor(head, true))
                .handle(
                        main -> BatchAnswer.to(request.body(), loop, main, from("batch"))
                                .map(reply -> answer(request, reply)),
                        failure -> {
                            if (failure instanceof Failure known) {
                                return Promise.of(HttpResponse.text(status(known), known.reason()));
                            }
                            throw failure;
                        });
        return Promise.race(List.of(answer, cut.promise())).attach(() -> {
            batches.remove(cut);
            otherOver();
        });
    }

    private static int status(Failure refusal) {
        return switch (refusal.kind()) {
            case FAILED -> 403;
            case OVERLOADED -> 429;
            case DISCONNECTED -> 503;
            case UNIMPLEMENTED -> 404;
        };
    }

    private static HttpResponse answer(HttpRequest request, BatchAnswer.Reply reply) {
        // Nothing that came is ever shown as a page.
        Headers headers = Headers.of("content-type", "text/plain;charset=UTF-8", "x-content-type-options", "nosniff");
        return new HttpResponse(reply.status(), shared(request, headers), reply.body());
    }
}
