package dev.capstan.gateway.compile;

import dev.capstan.capnpc.GeneratedFile;
import dev.capstan.capnpc.JavaGenerator;
import dev.capstan.capnpc.SchemaException;
import dev.capstan.capnpc.compile.Compilation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What is to be made of a compiled schema: {@code LANG} or {@code LANG:DIR}, where LANG is {@code java}, {@code -} for the request itself, or a
 * plugin: the name of a program {@code capnpc-LANG} on the PATH, or a path with a slash.
 *
 * @param language what stands before the colon
 * @param folder where output goes
 */
record CompilerOutput(String language, Path folder) {
    static final String RAW = "-";

    /** Fails with words for the user when a plugin cannot be run or a file not be written. */
    static final class OutputException extends Exception {
        private static final long serialVersionUID = 1;

        OutputException(String message) {
            super(message, null, false, false);
        }
    }

    static CompilerOutput parse(String argument, Path workingFolder) {
        int colon = argument.indexOf(':');
        return colon < 0
                ? new CompilerOutput(argument, workingFolder)
                : new CompilerOutput(
                        argument.substring(0, colon), workingFolder.resolve(argument.substring(colon + 1)));
    }

    /** Whether files will be named after the schemas. */
    boolean writesFiles() {
        return !language.equals(RAW);
    }

    /** Makes it; {@code out} is where the request itself goes, relative plugins are looked for below {@code workingFolder}. */
    void make(Compilation compilation, OutputStream out, Path workingFolder)
            throws OutputException, InterruptedException {
        try {
            switch (language) {
                case RAW -> {
                    out.write(compilation.message().toByteArray());
                    out.flush();
                }
                case "java" -> java(compilation);
                default -> plugin(compilation, workingFolder);
            }
        } catch (IOException e) {
            throw new OutputException("the output for " + language + " cannot be written into " + folder + ": "
                    + reason(e) + " Name another folder: -o " + language + ":DIR");
        }
    }

    /** The system's exceptions say it by their type alone. */
    private static String reason(IOException problem) {
        if (!(problem instanceof FileSystemException file)) {
            return problem.getMessage() + ".";
        }
        return switch (file) {
            case NoSuchFileException none -> "no folder can be made at " + none.getFile() + ".";
            case AccessDeniedException denied -> "writing to " + denied.getFile() + " is not permitted.";
            case FileAlreadyExistsException taken -> taken.getFile() + " is a file.";
            default -> file.getFile() + ": " + file.getReason() + ".";
        };
    }

    private void java(Compilation compilation) throws OutputException, IOException {
        try {
            for (GeneratedFile file : JavaGenerator.generate(compilation.request())) {
                file.writeTo(folder);
            }
        } catch (SchemaException e) {
            throw new OutputException("java: " + e.getMessage());
        }
    }

    /** The plugin works in the output folder, which is how it learns of it, and may print what it likes. */
    private void plugin(Compilation compilation, Path workingFolder) throws OutputException, InterruptedException {
        boolean isPath = language.indexOf('/') >= 0;
        String program =
                isPath ? workingFolder.resolve(language).toAbsolutePath().toString() : "capnpc-" + language;
        Path target = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(target)) {
            throw new OutputException(folder + " is not a folder. Create it first.");
        }
        ProcessBuilder builder = new ProcessBuilder(program)
                .directory(target.toFile())
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PWD", target.toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new OutputException(
                    isPath
                            ? program + " cannot be run: " + e.getMessage()
                            : "there is no plugin " + program + " on the PATH. Install it, or give its path: -o ./"
                                    + program);
        }
        boolean wasRead = feed(process, compilation);
        int status = process.waitFor();
        if (status != 0 || !wasRead) {
            throw new OutputException(program
                    + (status != 0 ? " failed with exit status " + status + "." : " did not read the whole request."));
        }
    }

    /** Whether the plugin took the whole request; one that ends early closes its end of the pipe. */
    private static boolean feed(Process process, Compilation compilation) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(compilation.message().toByteArray());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
