package dev.capstan.interop;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import dev.capstan.interop.HouseRules.Ceiling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Wall 6: at most a third of the types are public, in each module and in the house.
 *
 * <p>Counted are the types that have a name of their own: top-level and member classes, interfaces, enums and records, each as one,
 * outside generated packages. Anonymous and local classes and lambdas are bodies of methods and do not count. A type counts as
 * public when it and every type around it are, whether or not its package is exported: on the class path the export is no
 * protection.
 */
final class PublicShare {
    static final double THIRD = 1.0 / 3;

    private final Map<String, List<JavaClass>> byRoom = new TreeMap<>();

    private PublicShare(House house) {
        house.classes()
                .filter(type -> !HouseRules.WITHOUT_PUBLIC_SHARE.contains(house.room(type)))
                .filter(type -> !house.isGenerated(type))
                .filter(PublicShare::isNamed)
                .forEach(type -> byRoom.computeIfAbsent(house.room(type), none -> new ArrayList<>())
                        .add(type));
    }

    /** Rooms over a third, or over the ceiling of their own. */
    static List<String> byRoom(House house) {
        Map<String, Ceiling> ceilings = house.exceptions().publicShares();
        PublicShare shares = new PublicShare(house);
        List<String> broken = new ArrayList<>();
        Set<String> used = new HashSet<>();
        shares.byRoom.forEach((room, types) -> {
            List<String> open = types.stream()
                    .filter(PublicShare::isPublic)
                    .map(house::name)
                    .toList();
            Ceiling ceiling = ceilings.get(room);
            if (ceiling != null && exceeds(open.size(), types.size(), THIRD)) {
                used.add(room);
            }
            double allowed = ceiling == null ? THIRD : ceiling.share();
            if (exceeds(open.size(), types.size(), allowed)) {
                broken.add(room + " has " + open.size() + " public types of " + types.size() + ", more than "
                        + (ceiling == null ? "a third" : allowed) + ": " + open);
            }
        });
        broken.addAll(House.unused("PUBLIC_SHARES", ceilings.keySet(), used));
        return broken;
    }

    /** The whole house, rooms with a ceiling of their own included. */
    static List<String> ofTheHouse(House house, double allowed) {
        PublicShare shares = new PublicShare(house);
        int types = shares.byRoom.values().stream().mapToInt(List::size).sum();
        int open = shares.byRoom.values().stream()
                .mapToInt(PublicShare::publicTypes)
                .sum();
        if (!exceeds(open, types, allowed)) {
            return List.of();
        }
        return List.of("the house has " + open + " public types of " + types + ", by module: "
                + shares.byRoom.entrySet().stream()
                        .map(room -> room.getKey() + " " + publicTypes(room.getValue()) + " of "
                                + room.getValue().size())
                        .collect(Collectors.joining(", ")));
    }

    private static int publicTypes(List<JavaClass> types) {
        return Math.toIntExact(types.stream().filter(PublicShare::isPublic).count());
    }

    private static boolean exceeds(int open, int types, double allowed) {
        return types >= HouseRules.FEWEST_TYPES_FOR_A_SHARE && open > allowed * types;
    }

    static boolean isNamed(JavaClass type) {
        return !type.isAnonymousClass()
                && !type.isLocalClass()
                && !type.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !type.getSimpleName().equals("package-info")
                && !type.getSimpleName().equals("module-info");
    }

    static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicShare::isPublic).orElse(true);
    }
}
