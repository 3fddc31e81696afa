package dev.capstan.gateway.console;

import dev.capstan.async.Promise;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of the page, as the build has put them beside this class; {@code page/files.txt} names them. A jar that was built where there was no npm has none, and a page that says so
 * is served instead.
 */
final class PageFiles {
    /** Nothing but what the program itself serves, no script or style in the page, and in nobody's frame. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String MISSING = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Capstan console</title>
            <h1>This build has no console</h1>
            <p>The page is built by npm, which was not there when this program was built, or could not download what it needs.
            Install <code>nodejs</code> (20.19 or later) and <code>npm</code>, run <code>gateway/src/main/console/build.sh</code> to see that it works, and build again:
            <code>touch gateway/pom.xml &amp;&amp; ./capstan demo</code>.</p>
            </html>
            """;

    private final Map<String, byte[]> files;

    private PageFiles(Map<String, byte[]> files) {
        this.files = files;
    }

    /** Those of this build. */
    static PageFiles built() {
        return of(PageFiles::read);
    }

    /** Where files come from. */
    interface Source {
        byte @Nullable [] read(String name) throws IOException;
    }

    static PageFiles of(Source source) {
        try {
            byte[] list = source.read("files.txt");
            Map<String, byte[]> files = new LinkedHashMap<>();
            if (list != null) {
                for (String name :
                        new String(list, StandardCharsets.UTF_8).lines().toList()) {
                    byte[] content = source.read(name);
                    if (content == null) {
                        throw new IOException(
                                name + " is in the list of the console's files, but not there: build again");
                    }
                    files.put(name, content);
                }
            }
            return new PageFiles(files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte @Nullable [] read(String name) throws IOException {
        try (InputStream in = PageFiles.class.getResourceAsStream("page/" + name)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    /** By their names; empty without a page. */
    Map<String, byte[]> files() {
        return files;
    }

    HttpRoutes routes(String path) {
        HttpRoutes routes = HttpRoutes.none()
                .on("GET", path, request -> Promise.of(toFolder(path)))
                .on("GET", path + "/", request -> Promise.of(index()));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            HttpResponse answer = answer(200, file.getKey(), file.getValue());
            routes = routes.on("GET", path + "/" + file.getKey(), request -> Promise.of(answer));
        }
        return routes;
    }

    private static HttpResponse toFolder(String path) {
        return new HttpResponse(308, Headers.of("location", path + "/"), new byte[0]);
    }

    private HttpResponse index() {
        byte[] page = files.get("index.html");
        return page == null
                ? answer(503, "index.html", MISSING.getBytes(StandardCharsets.UTF_8))
                : answer(200, "index.html", page);
    }

    private static HttpResponse answer(int status, String name, byte[] content) {
        // Names of files under assets/ change with their content.
        String kept = name.startsWith("assets/") ? "private, max-age=31536000, immutable" : "no-store";
        return new HttpResponse(
                status,
                Headers.of(
                        "content-type", type(name),
                        "content-security-policy", POLICY,
                        "x-content-type-options", "nosniff",
                        "referrer-policy", "no-referrer",
                        "cross-origin-opener-policy", "same-origin",
                        "cross-origin-resource-policy", "same-origin",
                        "cache-control", kept),
                content);
    }

    private static String type(String name) {
        return switch (List.of(name.split("\\.")).getLast()) {
            case "html" -> "text/html;charset=UTF-8";
            case "js" -> "text/javascript;charset=UTF-8";
            case "css" -> "text/css;charset=UTF-8";
            case "svg" -> "image/svg+xml";
            default -> "application/octet-stream";
        };
    }
}
