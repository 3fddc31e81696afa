package dev.capstan.grpc.services;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Files of schemas, all that they import included, and where to find what in them. They need no generated classes: they may come from {@code protoc --descriptor_set_out
 * --include_imports}, from generated code, or from a server by {@link ReflectionClient}. Immutable.
 */
public final class DescriptorPool {
    /** Of files of a program: it has no more, and a stack has an end. */
    private static final int MOST_DEPTH = 1_000;

    private final Map<String, FileDescriptor> files = new LinkedHashMap<>();
    private final Map<String, FileDescriptor> symbols = new HashMap<>();
    private final Map<String, SortedMap<Integer, FileDescriptor>> extensions = new HashMap<>();

    private DescriptorPool(Collection<FileDescriptor> all) {
        List<FileDescriptor> waiting = new ArrayList<>(all);
        Set<FileDescriptor> seen = new HashSet<>();
        for (int i = 0; i < waiting.size(); i++) {
            FileDescriptor file = waiting.get(i);
            if (seen.add(file)) {
                files.putIfAbsent(file.getName(), file);
                waiting.addAll(file.getDependencies());
                index(file);
            }
        }
    }

    /** These files and what they import. Of files or symbols with the same name the first counts. */
    public static DescriptorPool of(Collection<FileDescriptor> files) {
        return new DescriptorPool(files);
    }

    /**
     * The files of {@code set}, in any order.
     *
     * @throws IllegalArgumentException if they do not fit together, one imports what is not there, or they lead from one to another more than 1,000 times
     */
    public static DescriptorPool of(FileDescriptorSet set) {
        return of(set, MOST_DEPTH);
    }

    /** There are more files between two than allowed. */
    static final class TooDeep extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        TooDeep(String message) {
            super(message);
        }
    }

    /** As {@link #of(FileDescriptorSet)}, of files that lead from one to another no more often than {@code depth} times. */
    static DescriptorPool of(FileDescriptorSet set, int depth) {
        Map<String, FileDescriptorProto> protos = new LinkedHashMap<>();
        for (FileDescriptorProto each : set.getFileList()) {
            FileDescriptorProto other = protos.putIfAbsent(each.getName(), each);
            if (other != null && !other.equals(each)) {
                throw new IllegalArgumentException(
                        "there are two different files called " + each.getName() + ": keep one");
            }
        }
        Map<String, FileDescriptor> built = new LinkedHashMap<>();
        for (FileDescriptorProto each : protos.values()) {
            build(each, protos, built, new LinkedHashSet<>(), depth);
        }
        return new DescriptorPool(built.values());
    }

    /** What a service of grpc-java's kind tells reflection of itself. */
    static ProtoServiceDescriptorSupplier schema(FileDescriptor file, String service) {
        return new ProtoServiceDescriptorSupplier() {
            @Override
            public Descriptors.ServiceDescriptor getServiceDescriptor() {
                return file.findServiceByName(service);
            }

            @Override
            public FileDescriptor getFileDescriptor() {
                return file;
            }
        };
    }

    private static FileDescriptor build(
            FileDescriptorProto file,
            Map<String, FileDescriptorProto> all,
            Map<String, FileDescriptor> built,
            Set<String> above,
            int depth) {
        String name = file.getName();
        FileDescriptor done = built.get(name);
        if (done != null) {
            return done;
        }
        if (!above.add(name)) {
            throw new IllegalArgumentException(name + " imports itself, through " + above);
        }
        if (above.size() - 1 > depth) {
            throw new TooDeep(name + " is imported through more than " + depth + " files");
        }
        List<FileDescriptor> imports = new ArrayList<>();
        for (String each : file.getDependencyList()) {
            FileDescriptorProto its = all.get(each);
            if (its == null) {
                throw new IllegalArgumentException(name + " imports " + each + ", which is not there");
            }
            imports.add(build(its, all, built, above, depth));
        }
        above.remove(name);
        try {
            FileDescriptor made = FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new));
            built.put(name, made);
            return made;
        } catch (DescriptorValidationException e) {
            throw new IllegalArgumentException(name + " is no sound schema: " + e.getMessage(), e);
        }
    }

    private void index(FileDescriptor file) {
        for (Descriptors.ServiceDescriptor service : file.getServices()) {
            symbols.putIfAbsent(service.getFullName(), file);
            service.getMethods().forEach(method -> symbols.putIfAbsent(method.getFullName(), file));
        }
        file.getMessageTypes().forEach(each -> index(file, each));
        file.getEnumTypes().forEach(each -> symbols.putIfAbsent(each.getFullName(), file));
        file.getExtensions().forEach(each -> index(file, each));
    }

    private void index(FileDescriptor file, Descriptor message) {
        symbols.putIfAbsent(message.getFullName(), file);
        for (EnumDescriptor each : message.getEnumTypes()) {
            symbols.putIfAbsent(each.getFullName(), file);
        }
        message.getExtensions().forEach(each -> index(file, each));
        message.getNestedTypes().forEach(each -> index(file, each));
    }

    private void index(FileDescriptor file, FieldDescriptor extension) {
        symbols.putIfAbsent(extension.getFullName(), file);
        extensions
                .computeIfAbsent(extension.getContainingType().getFullName(), type -> new TreeMap<>())
                .putIfAbsent(extension.getNumber(), file);
    }

    /** These files and those of {@code other}; where both have a name, these count. */
    public DescriptorPool and(DescriptorPool other) {
        List<FileDescriptor> all = new ArrayList<>(files.values());
        all.addAll(other.files.values());
        return new DescriptorPool(all);
    }

    /** All files. */
    public Collection<FileDescriptor> files() {
        return List.copyOf(files.values());
    }

    /** The file of this name, such as {@code google/protobuf/any.proto}. */
    public Optional<FileDescriptor> file(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /** The file with the service, method, message, enum or extension of this full name, such as {@code grpc.health.v1.Health.Check}. */
    public Optional<FileDescriptor> symbol(String name) {
        return Optional.ofNullable(symbols.get(name));
    }

    /** The service of this full name. */
    public Optional<Descriptors.ServiceDescriptor> service(String name) {
        return symbol(name).map(file -> file.findServiceByName(simple(file, name)));
    }

    /** The message of this full name, nested ones included. */
    public Optional<Descriptor> message(String name) {
        return symbol(name).map(file -> message(file, simple(file, name)));
    }

    private static @Nullable Descriptor message(FileDescriptor file, String path) {
        Descriptor found = null;
        for (String each : path.split("\\.", -1)) {
            found = found == null ? file.findMessageTypeByName(each) : found.findNestedTypeByName(each);
            if (found == null) {
                return null;
            }
        }
        return found;
    }

    private static String simple(FileDescriptor file, String name) {
        return file.getPackage().isEmpty()
                ? name
                : name.substring(file.getPackage().length() + 1);
    }

    /** The file with the extension of this number of the message {@code type}. */
    Optional<FileDescriptor> extension(String type, int number) {
        SortedMap<Integer, FileDescriptor> its = extensions.get(type);
        return its == null ? Optional.empty() : Optional.ofNullable(its.get(number));
    }

    /** Numbers of all extensions of the message {@code type}. */
    Collection<Integer> extensions(String type) {
        SortedMap<Integer, FileDescriptor> its = extensions.get(type);
        return its == null ? List.of() : its.keySet();
    }
}
