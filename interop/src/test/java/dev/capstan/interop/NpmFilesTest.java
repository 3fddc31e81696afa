package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of npm carry no download addresses; {@link NpmFiles} says what else. */
class NpmFilesTest {
    private static final SourceTree TREE = SourceTree.here();

    @Test
    void files_of_npm_say_what_is_used_and_not_where_it_was_downloaded() {
        assertEquals("", String.join("\n", NpmFiles.problems(TREE.root())));
    }

    @Nested
    class In_a_folder_of_its_own {
        private static final String PACKAGE = """
                {
                  "name": "x",
                  "dependencies": { "capnweb": "0.12.0" }
                }
                """;
        private static final String LOCK = """
                {
                  "packages": {
                    "node_modules/capnweb": {
                      "version": "0.12.0",
                      "funding": { "url": "https://example.org/give" },
                      "integrity": "sha512-AAAA"
                    }
                  }
                }
                """;
        private static final String SETTING = "omit-lockfile-registry-resolved=true\n";

        @TempDir
        private Path root;

        private List<String> problems(String manifest, String lock, String settings) throws IOException {
            Path folder = Files.createDirectories(root.resolve("a/b"));
            Files.writeString(folder.resolve("package.json"), manifest);
            Files.writeString(folder.resolve("package-lock.json"), lock);
            Files.writeString(folder.resolve(".npmrc"), settings);
            return NpmFiles.problems(root);
        }

        @Test
        void hashes_and_addresses_of_pages_are_right() throws IOException {
            assertEquals(List.of(), problems(PACKAGE, LOCK, SETTING));
        }

        @Test
        void a_resolved_address_is_told_with_its_line() throws IOException {
            String lock = LOCK.replace(
                    "\"version\"", "\"resolved\": \"https://registry.example.org/capnweb-0.12.0.tgz\",\n\"version\"");
            List<String> problems = problems(PACKAGE, lock, SETTING);
            assertEquals(1, problems.size(), problems.toString());
            assertTrue(problems.getFirst().startsWith("a/b/package-lock.json:4 says where"), problems.getFirst());
        }

        @Test
        void a_dependency_from_an_address_is_wrong() throws IOException {
            for (String address : List.of("https://example.org/x.tgz", "git+ssh://example.org/x.git")) {
                assertEquals(
                        1,
                        problems(PACKAGE.replace("0.12.0", address), LOCK, SETTING)
                                .size(),
                        address);
            }
        }

        @Test
        void a_registry_in_a_manifest_or_in_settings_is_wrong() throws IOException {
            assertEquals(
                    1,
                    problems(PACKAGE.replace("\"name\"", "\"publishConfig\": {},\n\"name\""), LOCK, SETTING)
                            .size());
            assertEquals(
                    1,
                    problems(PACKAGE, LOCK, SETTING + "registry=https://example.org/\n")
                            .size());
            assertEquals(
                    1,
                    problems(PACKAGE, LOCK, SETTING + "@us:registry=https://example.org/\n")
                            .size());
        }

        @Test
        void a_manifest_without_lockfile_or_setting_is_wrong() throws IOException {
            assertEquals(1, problems(PACKAGE, LOCK, "fund=false\n").size());
            Files.delete(root.resolve("a/b/package-lock.json"));
            Files.delete(root.resolve("a/b/.npmrc"));
            assertEquals(2, NpmFiles.problems(root).size());
        }

        @Test
        void lockfiles_of_other_programs_are_wrong_and_what_was_installed_is_not_looked_at() throws IOException {
            Files.writeString(root.resolve("yarn.lock"), "");
            Files.createDirectories(root.resolve("target/node_modules"));
            Files.writeString(root.resolve("target/package.json"), "{}");
            assertEquals(1, NpmFiles.problems(root).size());
        }
    }
}
