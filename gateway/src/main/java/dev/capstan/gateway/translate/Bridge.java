package dev.capstan.gateway.translate;

import dev.capstan.async.Loop;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import dev.capstan.capnweb.Writable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins Cap'n Proto and Cap'n Web: an object of either is an object of the other, by a schema that was loaded.
 *
 * <p>What is passed in calls crosses with them. An object that has crossed and crosses back is the original again, and one that crosses twice as the same interface is the same both times, as long as
 * somebody holds it. Calls keep their order, go ahead inside of results that are not there yet, and are given up on the other side when they are given up on this one.
 *
 * <p>How values are translated is told in {@code docs/gateway.md}. Belongs to the thread of its loop, as everything that it makes does.
 */
public final class Bridge {
    private final Loop loop;
    private final Limits limits;
    private final Map<InterfaceSchema, Methods> methods = new HashMap<>();
    private final Methods unknown = Methods.none();
    private final IdentityHashMap<Cap, List<ByNameCap>> named = new IdentityHashMap<>();
    private final IdentityHashMap<Cap, List<ByOrdinalCap>> numbered = new IdentityHashMap<>();
    private final Streams streams = new Streams(this);
    /** Objects in both tables. */
    private int held;
    /** What the arguments of calls that were not answered take. */
    private long flightBytes;

    /** A bridge on {@code loop}, on which both wires have their sessions. */
    public Bridge(Loop loop, Limits limits) {
        this.loop = loop;
        this.limits = limits;
    }

    /**
     * A Cap'n Proto object as one of Cap'n Web. Takes ownership; the caller owns the result.
     *
     * @throws IllegalArgumentException if the interface, or one that can be reached from it, has something that cannot be translated; it says what
     * @throws Failure OVERLOADED if too many objects have crossed
     */
    public Cap toWeb(InterfaceSchema schema, Cap object) {
        check(schema, object);
        return named(schema, object);
    }

    /**
     * Something that Cap'n Web calls, as a Cap'n Proto object of {@code schema}. Takes ownership; the caller owns the result.
     *
     * @throws IllegalArgumentException as {@link #toWeb}
     * @throws Failure as {@link #toWeb}
     */
    public Cap toCapnp(InterfaceSchema schema, Cap object) {
        check(schema, object);
        return numbered(schema, object, true);
    }

    /**
     * Whether objects of an interface, and all that can be reached from them, can be translated.
     *
     * @throws IllegalArgumentException if there is something that cannot; it says what, and what to do
     */
    public static void check(InterfaceSchema schema) {
        Translatable.check(schema);
    }

    /** What is written to objects of an interface if they are a {@code WritableStream} to Cap'n Web; null if they are not. */
    public static @Nullable Type written(InterfaceSchema schema) {
        Outlet outlet = Methods.of(schema).outlet();
        return outlet == null
                ? null
                : outlet.write().params().fields().getFirst().type();
    }

    /** What is read from objects of an interface if they are a {@code ReadableStream} to Cap'n Web; null if they are not. */
    public static @Nullable Type read(InterfaceSchema schema) {
        Inlet inlet = Methods.of(schema).inlet();
        return inlet == null ? null : written(inlet.outlet());
    }

    private void check(InterfaceSchema schema, Cap object) {
        if (methods.containsKey(schema)) {
            return;
        }
        try {
            check(schema);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /** How many objects have crossed and are held on the other side. */
    public int size() {
        return held;
    }

    /** About how many bytes the arguments take of the calls that have crossed and were not answered. */
    public long flightBytes() {
        return flightBytes;
    }

    /**
     * A call is about to cross; what it takes is to be {@linkplain #landed given back}.
     *
     * @throws Failure OVERLOADED if too much is on its way
     */
    void takeOff(long bytes) {
        if (flightBytes >= limits.flightBytes()) {
            throw Failure.overloaded(
                    "calls with " + limits.flightBytes()
                            + " bytes have crossed the gateway and were not answered, which is its limit (Limits.flightBytes): wait for some, or send what is large as a stream");
        }
        flightBytes += bytes;
    }

    /** A call that has crossed is answered, or given up. */
    void landed(long bytes) {
        flightBytes -= bytes;
    }

    Loop loop() {
        return loop;
    }

    Methods methods(@Nullable InterfaceSchema schema) {
        return schema == null ? unknown : methods.computeIfAbsent(schema, Methods::of);
    }

    /** Whether what is of this interface crosses as an object. */
    boolean isObject(InterfaceSchema schema) {
        Methods known = methods(schema);
        return known.outlet() == null && outletOf(known.inlet()) == null;
    }

    /** What an inlet writes to; null if there is none. */
    private @Nullable Outlet outletOf(@Nullable Inlet inlet) {
        return inlet == null ? null : methods(inlet.outlet()).outlet();
    }

    Limits limits() {
        return limits;
    }

    // ---- capabilities

    /**
     * Takes ownership of {@code object}; the caller owns the result.
     *
     * @throws Failure OVERLOADED if too much has crossed
     */
    Cap named(@Nullable InterfaceSchema schema, Cap object) {
        Cap inner = object.innermost();
        if (inner instanceof BrokenCap) {
            return object;
        }
        try (object) {
            if (inner instanceof ByOrdinalCap crossed && crossed.isOf(this)) {
                return crossed.object().share();
            }
            List<ByNameCap> known = named.getOrDefault(inner, List.of());
            for (ByNameCap each : known) {
                if (each.schema() == schema && each.tryShare()) {
                    return each;
                }
            }
            cross();
            ByNameCap made = new ByNameCap(this, schema, inner.share());
            named.computeIfAbsent(inner, key -> new ArrayList<>(1)).add(made);
            return made;
        }
    }

    /** As {@link #named}. */
    Cap numbered(@Nullable InterfaceSchema schema, Cap object, boolean mayBeFunction) {
        Cap inner = object.innermost();
        if (inner instanceof BrokenCap) {
            return object;
        }
        try (object) {
            if (inner instanceof ByNameCap crossed && crossed.isOf(this)) {
                return crossed.object().share();
            }
            List<ByOrdinalCap> known = numbered.getOrDefault(inner, List.of());
            for (ByOrdinalCap each : known) {
                if (each.schema() == schema && each.tryShare()) {
                    return each;
                }
            }
            cross();
            ByOrdinalCap made = new ByOrdinalCap(this, schema, inner.share(), mayBeFunction);
            numbered.computeIfAbsent(inner, key -> new ArrayList<>(1)).add(made);
            return made;
        }
    }

    private void cross() {
        if (held >= limits.objects()) {
            throw Failure.overloaded(
                    limits.objects()
                            + " objects have crossed the gateway and are still held, which is its limit (Limits.objects): release some, or try later");
        }
        held++;
    }

    /** As {@link #named}, and broken if too much has crossed. */
    Cap namedOrBroken(@Nullable InterfaceSchema schema, Cap object) {
        try {
            return named(schema, object);
        } catch (Failure e) {
            return new BrokenCap(e);
        }
    }

    /** As {@link #numbered}, and broken if too much has crossed. */
    Cap numberedOrBroken(@Nullable InterfaceSchema schema, Cap object, boolean mayBeFunction) {
        try {
            return numbered(schema, object, mayBeFunction);
        } catch (Failure e) {
            return new BrokenCap(e);
        }
    }

    void forget(ByNameCap cap) {
        held--;
        forget(named, cap.object(), cap);
    }

    void forget(ByOrdinalCap cap) {
        held--;
        forget(numbered, cap.object(), cap);
    }

    private static <C> void forget(IdentityHashMap<Cap, List<C>> table, Cap object, C cap) {
        List<C> all = table.get(object);
        if (all != null) {
            all.remove(cap);
            if (all.isEmpty()) {
                table.remove(object);
            }
        }
    }

    /** Capabilities of values, where nothing went ahead. */
    private class Crossed implements Capabilities {
        @Override
        public @Nullable Object toWeb(@Nullable InterfaceSchema schema, Cap object, Path.@Nullable Pointers at) {
            Methods known = methods(schema);
            Outlet outlet = known.outlet();
            if (outlet != null) {
                return streams.writable(outlet, object);
            }
            Inlet inlet = known.inlet();
            Outlet to = outletOf(inlet);
            return inlet != null && to != null ? streams.readable(inlet, to, object) : named(schema, object);
        }

        @Override
        public @Nullable Cap toCapnp(@Nullable InterfaceSchema schema, Object value, Place at) {
            Methods known = methods(schema);
            Outlet outlet = known.outlet();
            Inlet inlet = known.inlet();
            Outlet to = outletOf(inlet);
            return switch (value) {
                case Writable stream when outlet != null -> streams.object(outlet, stream);
                case Readable stream when inlet != null && to != null -> streams.object(inlet, to, stream);
                case Cap cap -> numbered(schema, cap.share(), true);
                // An object of functions, made for the call.
                case Map<?, ?> object -> numbered(schema, holding(object), false);
                default -> null;
            };
        }

        private Cap holding(Map<?, ?> object) {
            try (Payload values = WebFormat.INSTANCE.allocate(0)) {
                WebPayload.of(values).setTree(loop, object);
                return values.cap(Path.Names.NONE);
            }
        }
    }

    // ---- values

    /** The arguments of a call by name. */
    void arguments(Methods.Entry method, DynamicStruct.Builder params, List<?> arguments) {
        new ToCapnp(new Place(limits, method.name()), new Crossed()).arguments(params, arguments);
    }

    /** The only argument of a call. */
    void only(Methods.Entry method, DynamicStruct.Builder params, @Nullable Object value) {
        new ToCapnp(new Place(limits, method.name()), new Crossed()).only(params, value);
    }

    /** The parameters of a call by number. */
    Map<String, @Nullable Object> params(Methods.Entry method, CapnpPayload params) {
        return new ToWeb(new Place(limits, method.name()), new Crossed())
                .root(params.reader().as(method.paramsType()), null);
    }

    /** The results of a call by name. */
    Map<String, @Nullable Object> results(Methods.Entry method, CapnpPayload results, Crossing crossing) {
        Crossed went = new Crossed() {
            @Override
            public @Nullable Object toWeb(@Nullable InterfaceSchema schema, Cap object, Path.@Nullable Pointers at) {
                Cap before = at == null ? null : crossing.wentAhead(at);
                if (before == null) {
                    return super.toWeb(schema, object, at);
                }
                object.close();
                return before.share();
            }
        };
        return new ToWeb(new Place(limits, method.name()), went)
                .root(results.reader().as(method.resultsType()), crossing.wentAhead() ? new Path.Pointers() : null);
    }

    /** The results of a call by number. */
    void results(Methods.Entry method, DynamicStruct.Builder results, @Nullable Object value, Crossing crossing) {
        // A result that is given by itself has no member of its name, where calls would have gone ahead to.
        boolean hasNames = value instanceof Map<?, ?>;
        Crossed went = new Crossed() {
            @Override
            public @Nullable Cap toCapnp(@Nullable InterfaceSchema schema, Object object, Place at) {
                Cap before = hasNames && crossing.wentAhead() ? crossing.wentAhead(at.names()) : null;
                return before == null ? super.toCapnp(schema, object, at) : before.share();
            }
        };
        new ToCapnp(new Place(limits, method.name()), went).result(results, value);
    }
}
