package dev.capstan.interop;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.capstan.interop.HouseRules.Exceptions;
import dev.capstan.interop.HouseRules.Room;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The compiled classes that the walls are checked on, each with the room (module) that it belongs to. The room follows from the
 * package, so that a small set of offenders in a package of this module can stand in for the whole house.
 */
final class House {
    private final String prefix;
    private final JavaClasses imported;
    private final List<JavaClass> classes;

    private final Exceptions exceptions;

    private House(String prefix, Collection<Path> folders, Exceptions exceptions) {
        this.exceptions = exceptions;
        this.prefix = prefix + ".";
        this.imported = new ClassFileImporter().importPaths(folders);
        this.classes = imported.stream()
                .filter(type -> type.getPackageName().startsWith(this.prefix))
                .sorted(Comparator.comparing(JavaClass::getName))
                .toList();
    }

    /** All modules that are built; a module without classes yet has no walls to break. */
    static House of(SourceTree tree) {
        return new House(
                "dev.capstan",
                tree.modules().stream()
                        .map(SourceTree.Module::classes)
                        .filter(Files::isDirectory)
                        .toList(),
                HouseRules.EXCEPTIONS);
    }

    /** Stand-ins: the rooms are the packages below {@code prefix}. */
    static House at(String prefix, Path folder, Exceptions exceptions) {
        return new House(prefix, List.of(folder), exceptions);
    }

    Exceptions exceptions() {
        return exceptions;
    }

    String prefix() {
        return prefix;
    }

    JavaClasses imported() {
        return imported;
    }

    Stream<JavaClass> classes() {
        return classes.stream();
    }

    /** Classes of the libraries and programs that the walls about state and time are for. */
    Stream<JavaClass> classesInsideTheWalls() {
        return classes().filter(type -> !HouseRules.OUTSIDE_THE_WALLS.contains(room(type)));
    }

    Stream<JavaClass> classesIn(Set<String> rooms) {
        return classes().filter(type -> rooms.contains(room(type)));
    }

    Set<String> rooms() {
        Set<String> rooms = new TreeSet<>();
        classes.forEach(type -> rooms.add(room(type)));
        return rooms;
    }

    boolean owns(JavaClass type) {
        return type.getPackageName().startsWith(prefix);
    }

    /**
     * First part of the package below the prefix: {@code capnp} for {@code dev.capstan.capnp.rpc.Vat}; more of it where a module's home lies within
     * another one's, as {@code capnp.json} does.
     */
    String room(JavaClass type) {
        String rest = packageName(type);
        int dot = rest.indexOf('.');
        String first = dot < 0 ? rest : rest.substring(0, dot);
        return HouseRules.ROOMS.values().stream()
                .map(Room::home)
                .filter(home -> rest.equals(home) || rest.startsWith(home + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse(first);
    }

    static Optional<Room> plan(String home) {
        return HouseRules.ROOMS.values().stream()
                .filter(room -> room.home().equals(home))
                .findAny();
    }

    /** Name below the prefix, such as {@code capnp.rpc.Vat$Inner}. */
    String name(JavaClass type) {
        return owns(type) ? type.getName().substring(prefix.length()) : type.getName();
    }

    /** As {@link #name}, of the outermost class: what exceptions are listed by. */
    String outermost(JavaClass type) {
        String name = name(type);
        int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }

    String packageName(JavaClass type) {
        return type.getPackageName().substring(prefix.length());
    }

    boolean isGenerated(JavaClass type) {
        String name = packageName(type);
        return HouseRules.GENERATED.stream().anyMatch(root -> name.equals(root) || name.startsWith(root + "."));
    }

    /** Exceptions that nothing needs: whatever {@code listed} holds that {@code used} does not. */
    static List<String> unused(String list, Set<String> listed, Set<String> used) {
        Set<String> rest = new HashSet<>(listed);
        rest.removeAll(used);
        return rest.stream()
                .sorted()
                .map(name -> "HouseRules." + list + " lists " + name + ", which needs no exception")
                .toList();
    }

    static Predicate<String> startsWithAny(Collection<String> prefixes) {
        return name -> prefixes.stream().anyMatch(name::startsWith);
    }
}
