package dev.capstan.protoc;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.SourceVersion;

/** What protoc's own Java generator calls things, up to edition 2023. Immutable. */
final class JavaNames {
    private final Map<String, String> messages;

    private JavaNames(Map<String, String> messages) {
        this.messages = Map.copyOf(messages);
    }

    static JavaNames of(List<FileDescriptorProto> files) {
        Map<String, String> names = new HashMap<>();
        for (FileDescriptorProto file : files) {
            String proto = file.getPackage().isEmpty() ? "" : "." + file.getPackage();
            String java = file.getOptions().getJavaMultipleFiles() ? packageOf(file) : outer(file);
            add(names, file.getMessageTypeList(), proto, java);
        }
        return new JavaNames(names);
    }

    private static void add(Map<String, String> names, List<DescriptorProto> messages, String proto, String java) {
        for (DescriptorProto each : messages) {
            String name = proto + "." + each.getName();
            String type = within(java, each.getName());
            names.put(name, type);
            add(names, each.getNestedTypeList(), name, type);
        }
    }

    private static String within(String around, String name) {
        return around.isEmpty() ? name : around + "." + name;
    }

    /** The class of a message, with its package. {@code type} is as in a descriptor, with a leading dot. */
    String message(String type) {
        String found = messages.get(type);
        if (found == null) {
            throw new Generator.Unfit("protoc has not told what " + type + " is");
        }
        return found;
    }

    /** Whether a class of a file without outer class, or the outer class itself, has this name. */
    boolean isTaken(String type) {
        return messages.containsValue(type);
    }

    /** The Java package; empty for none. */
    static String packageOf(FileDescriptorProto file) {
        return file.getOptions().hasJavaPackage() ? file.getOptions().getJavaPackage() : file.getPackage();
    }

    /** The class that holds the file's descriptor, with its package. */
    static String outer(FileDescriptorProto file) {
        return within(packageOf(file), outerName(file));
    }

    private static String outerName(FileDescriptorProto file) {
        if (file.getOptions().hasJavaOuterClassname()) {
            return file.getOptions().getJavaOuterClassname();
        }
        String path = file.getName();
        String name = camel(path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.proto(devel)?$", ""));
        return isDeclared(file, name) ? name + "OuterClass" : name;
    }

    /** A capital after everything that is no letter; what is neither letter nor digit goes. */
    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        boolean capital = true;
        for (int i = 0; i < name.length(); i++) {
            char each = name.charAt(i);
            if (isLetter(each)) {
                camel.append(capital ? Character.toUpperCase(each) : each);
                capital = false;
            } else {
                if (isDigit(each)) {
                    camel.append(each);
                }
                capital = true;
            }
        }
        return camel.toString();
    }

    private static boolean isLetter(char sign) {
        return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
    }

    private static boolean isDigit(char sign) {
        return sign >= '0' && sign <= '9';
    }

    private static boolean isDeclared(FileDescriptorProto file, String name) {
        return file.getMessageTypeList().stream().anyMatch(each -> isDeclared(each, name))
                || file.getEnumTypeList().stream()
                        .map(EnumDescriptorProto::getName)
                        .anyMatch(name::equals)
                || file.getServiceList().stream()
                        .map(ServiceDescriptorProto::getName)
                        .anyMatch(name::equals);
    }

    private static boolean isDeclared(DescriptorProto message, String name) {
        return message.getName().equals(name)
                || message.getEnumTypeList().stream()
                        .anyMatch(each -> each.getName().equals(name))
                || message.getNestedTypeList().stream().anyMatch(each -> isDeclared(each, name));
    }

    /** A method of Java for one of a service: {@code SayHello} and {@code say_hello} are {@code sayHello}; a word that means something else to Java gets an underscore. */
    static String method(String name) {
        StringBuilder mixed = new StringBuilder();
        boolean capital = false;
        for (int i = 0; i < name.length(); i++) {
            char each = name.charAt(i);
            if (each == '_') {
                capital = true;
            } else {
                mixed.append(i == 0 ? Character.toLowerCase(each) : capital ? Character.toUpperCase(each) : each);
                capital = false;
            }
        }
        String java = mixed.toString();
        return SourceVersion.isKeyword(java) ? java + "_" : java;
    }

    /** A constant of Java for a method of a service: {@code SAY_HELLO}. */
    static String constant(String name) {
        StringBuilder upper = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char each = name.charAt(i);
            boolean begins = Character.isUpperCase(each)
                    && i > 0
                    && name.charAt(i - 1) != '_'
                    && (!Character.isUpperCase(name.charAt(i - 1))
                            || (i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1))));
            upper.append(begins ? "_" : "").append(Character.toUpperCase(each));
        }
        return upper.toString();
    }
}
