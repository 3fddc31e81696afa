package dev.capstan.examples.chat;

import dev.capstan.async.Promise;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Serves the files that a folder had at the start, each under its own name. */
final class Pages {
    private Pages() {}

    static HttpRoutes of(Path folder) throws IOException {
        HttpRoutes routes = HttpRoutes.none();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = "/" + folder.relativize(file).toString().replace('\\', '/');
                HttpResponse page = new HttpResponse(
                        200,
                        Headers.of(
                                "content-type", type(name),
                                "x-content-type-options", "nosniff",
                                "cache-control", "no-cache"),
                        Files.readAllBytes(file));
                for (String path : name.equals("/index.html") ? List.of("/", name) : List.of(name)) {
                    routes = routes.on("GET", path, request -> Promise.of(page));
                }
            }
        }
        return routes;
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html;charset=UTF-8";
            case "js" -> "text/javascript;charset=UTF-8";
            case "css" -> "text/css;charset=UTF-8";
            case "svg" -> "image/svg+xml";
            default -> "application/octet-stream";
        };
    }
}
