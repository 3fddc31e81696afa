package dev.capstan.capnweb.bind;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Makes the operations of an interface, and refuses what no peer could call. */
final class Methods {
    private static final Logger LOG = System.getLogger(Methods.class.getName());

    private final ShapeBuilder builder;
    private final Interface face;
    private final Class<?> raw;
    private final Map<TypeVariable<?>, Signature> variables;

    Methods(ShapeBuilder builder, Interface face) {
        this.builder = builder;
        this.face = face;
        this.raw = face.type().raw();
        this.variables = face.type().variables();
    }

    void complete() {
        Map<String, Operation> names = new LinkedHashMap<>();
        Map<Method, Operation> methods = new HashMap<>();
        Arrays.stream(raw.getMethods())
                .filter(this::isRemote)
                .sorted(Comparator.comparing((Method method) -> Names.of(method, method.getName()))
                        .thenComparing(Methods::inheritance))
                .forEach(method -> builder.at(raw.getSimpleName() + "." + method.getName(), () -> {
                    add(method, names, methods);
                    return method;
                }));
        if (face.isFunction() && names.size() != 1) {
            throw builder.fault(raw.getName() + " is no function: it has no single abstract method");
        }
        face.complete(Collections.unmodifiableMap(names), Map.copyOf(methods));
    }

    private static int inheritance(Method one, Method other) {
        return Boolean.compare(
                one.getReturnType().isAssignableFrom(other.getReturnType()),
                other.getReturnType().isAssignableFrom(one.getReturnType()));
    }

    private void add(Method method, Map<String, Operation> names, Map<Method, Operation> methods) {
        String name = face.isFunction() ? "" : Names.of(method, method.getName());
        Operation before = names.get(name);
        if (before != null
                && before.method().getName().equals(method.getName())
                && Arrays.equals(before.method().getParameterTypes(), method.getParameterTypes())) {
            // The same, as another interface declares it.
            methods.put(method, before);
            return;
        }
        if (before != null) {
            throw builder.fault("there is another method of the name '" + name
                    + "', and JavaScript knows no overloads: give one of them another name with @Named");
        }
        Operation operation = operation(method, name);
        names.put(name, operation);
        methods.put(method, operation);
    }

    private boolean isRemote(Method method) {
        if (Modifier.isStatic(method.getModifiers()) || method.isBridge() || isOfEveryObject(method)) {
            return false;
        }
        if (face.isFunction()) {
            return Modifier.isAbstract(method.getModifiers());
        }
        boolean closes = method.getName().equals("close")
                && method.getParameterCount() == 0
                && AutoCloseable.class.isAssignableFrom(raw);
        return !closes && !method.getDeclaringClass().getName().startsWith("java.");
    }

    static boolean isOfEveryObject(Method method) {
        return switch (method.getName()) {
            case "equals" -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
            case "hashCode", "toString" -> method.getParameterCount() == 0;
            default -> false;
        };
    }

    private Operation operation(Method method, String name) {
        boolean property = method.isAnnotationPresent(Property.class);
        check(method, name, property);
        List<Operation.Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < method.getParameterCount(); i++) {
            int index = i;
            parameters.add(builder.at("parameter " + (i + 1), () -> parameter(method, index)));
        }
        Signature type = Signature.of(method.getAnnotatedReturnType(), variables);
        if (Signature.isNullable(method)) {
            type = type.orNull();
        }
        Outcome outcome = outcome(type.raw());
        Signature content = switch (outcome) {
            case PROMISE, STAGE, PENDING -> type.argument(0);
            case VALUE, REFERENCE -> type;
        };
        Shape result = builder.at("its result", () -> builder.shape(content));
        return new Operation(
                name,
                method,
                property,
                isCancelable(method),
                List.copyOf(parameters),
                outcome,
                result,
                declared(method),
                builder.handles().method(method));
    }

    private boolean isCancelable(Method method) {
        return method.isAnnotationPresent(Cancelable.class)
                || method.getDeclaringClass().isAnnotationPresent(Cancelable.class)
                || raw.isAnnotationPresent(Cancelable.class);
    }

    private void check(Method method, String name, boolean property) {
        String fault = face.isFunction() ? "" : Names.faultOfMethod(name);
        if (!fault.isEmpty()) {
            throw builder.fault(fault);
        }
        if (property && (method.getParameterCount() > 0 || face.isFunction())) {
            throw builder.fault("a @Property is read, so that it has no parameters");
        }
        if (method.isVarArgs()) {
            throw builder.fault("a variable number of arguments is not supported: take a List");
        }
        if (method.getTypeParameters().length > 0) {
            throw builder.fault("what its type variables are is not known to a peer: declare types, or Object");
        }
    }

    private Operation.Parameter parameter(Method method, int index) {
        Signature type = Signature.of(method.getAnnotatedParameterTypes()[index], variables);
        java.lang.reflect.Parameter parameter = method.getParameters()[index];
        Shape shape = builder.shape(Signature.isNullable(parameter) ? type.orNull() : type);
        return new Operation.Parameter(
                Names.of(parameter, parameter.isNamePresent() ? parameter.getName() : "arg" + index), shape);
    }

    private static Outcome outcome(Class<?> type) {
        if (type == Promise.class) {
            return Outcome.PROMISE;
        }
        if (type == CompletionStage.class || type == java.util.concurrent.CompletableFuture.class) {
            return Outcome.STAGE;
        }
        if (type == Pending.class) {
            return Outcome.PENDING;
        }
        return type.isAnnotationPresent(Remote.class) || ShapeBuilder.isFunction(type)
                ? Outcome.REFERENCE
                : Outcome.VALUE;
    }

    /** Exceptions with a name of their own, checked or not: they are part of what a method tells its callers. A failure is told anyway. */
    private List<Declared> declared(Method method) {
        return Arrays.stream(method.getExceptionTypes())
                .filter(type -> !Error.class.isAssignableFrom(type)
                        && !Failure.class.isAssignableFrom(type)
                        && type != RuntimeException.class
                        && type != Exception.class
                        && type != Throwable.class)
                .map(type -> declared(method, type))
                .toList();
    }

    private Declared declared(Method method, Class<?> type) {
        MethodHandle constructor = Arrays.stream(type.getDeclaredConstructors())
                .filter(each -> Arrays.equals(each.getParameterTypes(), new Class<?>[] {String.class}))
                .findFirst()
                .map(each -> builder.handles().constructor(each))
                .orElse(null);
        if (constructor == null) {
            LOG.log(
                    Level.WARNING,
                    "{0}.{1} declares {2}, which has no constructor that takes a message (String): in Java its callers"
                            + " get a Failure instead",
                    raw.getName(),
                    method.getName(),
                    type.getName());
        }
        return new Declared(type, Names.of(type, type.getSimpleName()), constructor);
    }
}
