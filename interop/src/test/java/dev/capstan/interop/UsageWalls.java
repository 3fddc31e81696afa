package dev.capstan.interop;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import dev.capstan.interop.HouseRules.Room;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Walls 1 to 3: who may use what. Each method lists what breaks the wall, empty when it stands. */
final class UsageWalls {
    private static final Map<String, String> JDK_MODULES = ModuleFinder.ofSystem().findAll().stream()
            .map(found -> found.descriptor())
            .flatMap(module -> module.packages().stream().map(name -> Map.entry(name, module.name())))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    private static final Set<String> JAVA_NET_VALUES =
            Set.of("java.net.URI", "java.net.URISyntaxException", "java.net.URLDecoder", "java.net.URLEncoder");
    private static final Set<String> ADDRESSES = Set.of(
            "java.net.InetAddress",
            "java.net.Inet4Address",
            "java.net.Inet6Address",
            "java.net.InetSocketAddress",
            "java.net.SocketAddress",
            "java.net.UnixDomainSocketAddress",
            "java.net.UnknownHostException");
    /** Who the other side of TLS is. */
    private static final Set<String> IDENTITIES =
            Set.of("javax.net.ssl.SSLSession", "javax.net.ssl.SSLPeerUnverifiedException");

    private static final Predicate<String> SOCKET_CHANNELS = House.startsWithAny(List.of(
            "java.nio.channels.Socket",
            "java.nio.channels.ServerSocket",
            "java.nio.channels.Datagram",
            "java.nio.channels.Network",
            "java.nio.channels.Multicast",
            "java.nio.channels.Selector",
            "java.nio.channels.Selection",
            "java.nio.channels.Selectable",
            "java.nio.channels.AsynchronousSocket",
            "java.nio.channels.AsynchronousServerSocket",
            "java.nio.channels.Pipe",
            "javax.net.",
            "io.netty."));

    private UsageWalls() {}

    /** Wall 1 and section 2: each room uses only what the plan gives it. */
    static List<String> rooms(House house) {
        List<String> broken = new ArrayList<>();
        for (String name : house.rooms()) {
            Optional<Room> plan = House.plan(name);
            if (plan.isEmpty()) {
                broken.add("package " + house.prefix() + name
                        + " belongs to no module of HouseRules.ROOMS; give it a row there");
                continue;
            }
            Room room = plan.get();
            house.classesIn(Set.of(name))
                    .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                    .filter(used -> !mayUse(house, room, used))
                    .map(used -> name + " may not use " + used.getTargetClass().getPackageName() + ": "
                            + used.getDescription())
                    .forEach(broken::add);
        }
        return broken;
    }

    private static boolean mayUse(House house, Room room, Dependency used) {
        JavaClass target = used.getTargetClass().getBaseComponentType();
        if (target.isPrimitive()) {
            return true;
        }
        if (house.owns(target)) {
            String other = house.room(target);
            return other.equals(room.home()) || room.uses().contains(other);
        }
        String jdkModule = JDK_MODULES.get(target.getPackageName());
        if (jdkModule != null && jdkModule.startsWith("java.")) {
            return !room.javaBaseAlone() || jdkModule.equals("java.base");
        }
        return target.getName().startsWith("org.jspecify.")
                || House.startsWithAny(room.outside()).test(target.getName());
    }

    /** Each class lives below its module's home package, so that a package tells the module. */
    static List<String> homes(SourceTree tree, House house) {
        List<String> broken = new ArrayList<>();
        for (SourceTree.Module module : tree.modules()) {
            String folder = module.name().contains("/")
                    ? module.name().substring(0, module.name().indexOf('/'))
                    : module.name();
            Room room = HouseRules.ROOMS.get(folder);
            if (room == null) {
                broken.add("module " + module.name() + " has no row in HouseRules.ROOMS");
                continue;
            }
            String home = house.prefix() + room.home();
            house.imported().stream()
                    .filter(type -> type.getSource()
                            .map(source -> source.getUri()
                                    .toString()
                                    .startsWith(module.classes().toUri().toString()))
                            .orElse(false))
                    .filter(type -> !type.getSimpleName().equals("module-info"))
                    .filter(type -> !type.getPackageName().equals(home)
                            && !type.getPackageName().startsWith(home + "."))
                    .map(type -> module.name() + " holds " + type.getName() + ", which belongs below " + home)
                    .forEach(broken::add);
        }
        return broken;
    }

    /** Wall 1: users of a module see no type of Netty. */
    static List<String> nettyInSignatures(House house, Predicate<JavaClass> exported) {
        List<String> broken = new ArrayList<>();
        house.classesInsideTheWalls()
                .filter(exported)
                .filter(UsageWalls::isVisible)
                .forEach(type -> signatureTypes(type)
                        .filter(mentioned -> mentioned.getPackageName().startsWith("io.netty."))
                        .map(mentioned -> house.name(type) + " shows " + mentioned.getName())
                        .distinct()
                        .forEach(broken::add));
        return broken;
    }

    /** Exported packages by the module descriptors; a module without a descriptor exports everything. */
    static Predicate<JavaClass> exportedBy(List<ModuleDescriptor> descriptors) {
        Set<String> hidden = new HashSet<>();
        for (ModuleDescriptor descriptor : descriptors) {
            if (!descriptor.isOpen() && !descriptor.isAutomatic()) {
                hidden.addAll(descriptor.packages());
                descriptor.exports().stream()
                        .filter(export -> !export.isQualified())
                        .forEach(export -> hidden.remove(export.source()));
            }
        }
        return type -> !hidden.contains(type.getPackageName());
    }

    static boolean isVisible(JavaClass type) {
        boolean open = type.getModifiers().contains(JavaModifier.PUBLIC)
                || type.getModifiers().contains(JavaModifier.PROTECTED);
        return open && type.getEnclosingClass().map(UsageWalls::isVisible).orElse(true);
    }

    private static Stream<JavaClass> signatureTypes(JavaClass type) {
        Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> fields = type.getFields().stream()
                .filter(field -> isOpen(field.getModifiers()))
                .map(JavaField::getType);
        Stream<JavaType> codeUnits = type.getCodeUnits().stream()
                .filter(unit -> isOpen(unit.getModifiers()))
                .flatMap(UsageWalls::signatureTypes);
        Stream<JavaType> bounds = type.getTypeParameters().stream().map(parameter -> (JavaType) parameter);
        return Stream.of(parents, fields, codeUnits, bounds)
                .flatMap(types -> types)
                .flatMap(mentioned -> mentioned.getAllInvolvedRawTypes().stream());
    }

    private static Stream<JavaType> signatureTypes(JavaCodeUnit unit) {
        return Stream.of(
                        Stream.of(unit.getReturnType()),
                        unit.getParameterTypes().stream(),
                        unit.getTypeParameters().stream().map(parameter -> (JavaType) parameter),
                        unit.getExceptionTypes().stream().map(thrown -> (JavaType) thrown))
                .flatMap(types -> types);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    /** Wall 2: a room sees at most one wire, unless it is where wires meet. */
    static List<String> wires(House house) {
        List<String> broken = new ArrayList<>();
        for (String name : house.rooms()) {
            if (HouseRules.SEE_ALL_WIRES.contains(name)) {
                continue;
            }
            Set<String> seen = new TreeSet<>();
            List<Dependency> uses = house.classesIn(Set.of(name))
                    .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                    .filter(used -> house.owns(used.getTargetClass().getBaseComponentType()))
                    .filter(used -> HouseRules.WIRES.contains(
                            house.room(used.getTargetClass().getBaseComponentType())))
                    .toList();
            uses.forEach(used -> seen.add(house.room(used.getTargetClass().getBaseComponentType())));
            if (HouseRules.WIRES.contains(name)) {
                seen.add(name);
            }
            if (seen.size() > 1) {
                broken.add(name + " sees " + seen + ": "
                        + uses.stream()
                                .filter(used -> !house.room(
                                                used.getTargetClass().getBaseComponentType())
                                        .equals(name))
                                .map(Dependency::getDescription)
                                .collect(Collectors.joining("; ")));
            }
        }
        return broken;
    }

    /** Wall 3: session, vat and message code never sees a socket, nor {@code net} outside the named transports. */
    static List<String> sockets(House house) {
        List<String> broken = new ArrayList<>();
        Set<String> used = new HashSet<>();
        house.classesIn(HouseRules.SOCKETLESS).forEach(type -> {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                boolean net = house.owns(target) && house.room(target).equals("net");
                boolean named = ADDRESSES.contains(target.getName()) || IDENTITIES.contains(target.getName());
                if ((net || named) && house.exceptions().transports().containsKey(house.outermost(type))) {
                    used.add(house.outermost(type));
                } else if (net || isSocket(target.getName(), house.room(type).equals("async"))) {
                    broken.add(dependency.getDescription());
                }
            }
        });
        broken.addAll(House.unused("TRANSPORTS", house.exceptions().transports().keySet(), used));
        return broken;
    }

    /** {@code async} declares what a network and an address are, so addresses (not sockets) are its business. */
    private static boolean isSocket(String name, boolean addressesAllowed) {
        if (name.startsWith("java.net.")) {
            return !JAVA_NET_VALUES.contains(name) && !(addressesAllowed && ADDRESSES.contains(name));
        }
        return SOCKET_CHANNELS.test(name);
    }
}
