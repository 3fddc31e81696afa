package dev.capstan.bench.serialization;

import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;

/** A request, what a server makes of it, and what the client looks at in the response. */
interface Workload {
    /** Builds the next request and says which {@link #result} is right. */
    long request(MessageBuilder request, Xorshift random);

    /** Reads a request and builds the response. */
    void respond(AnyPointer.Reader request, MessageBuilder response);

    /** Reads a response. */
    long result(AnyPointer.Reader response);

    /** The workload of that name. */
    static Workload named(String name) {
        return switch (name) {
            case "carsales" -> new CarSales();
            case "catrank" -> new CatRank();
            case "eval" -> new Evaluation();
            default ->
                throw new IllegalArgumentException(
                        "no workload is called " + name + "; there are carsales, catrank and eval");
        };
    }
}
