package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jar of rules that is overwritten after it was read. */
final class OverwrittenJarTest {
  private static final String SERVICE = "META-INF/services/dev.lockstep.rules.Rule";
  private static final String HELPER = "org.example.other.Helper";

  @TempDir Path folder;

  @Test
  void givesTheClassesAndResourcesThatItHadWhenItWasRead() throws Exception {
    Path jars =
        Files.createDirectory(
            folder.resolve("my-rules"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Path jar = jarWithHelper("first").into(jars, "rules.jar");
    ClassLoader loader = loaderOfRule();
    Path next =
        jarWithHelper("second")
            .and("org.example.other.Aaa", "package org.example.other; class Aaa {}")
            .into(folder.resolve("next"), "rules.jar");
    Files.write(jar, Files.readAllBytes(next)); // the same file with other bytes, as cp leaves it

    assertThat(loader.loadClass(HELPER).getMethod("word").invoke(null)).isEqualTo("first");
    assertThat(loader.getResource("org/example/other/Aaa.class")).isNull();
    Files.delete(jar);
    try (InputStream in = loader.getResourceAsStream(SERVICE)) {
      assertThat(in).asString(StandardCharsets.UTF_8).contains("org.example.other.Any");
    }
  }

  private static StrangersJar jarWithHelper(String word) {
    return StrangersJar.of("rule(\"every-sign-in\").builtFor(Rule.INTERFACE).done()")
        .and(
            HELPER,
            """
            package org.example.other;

            public class Helper {
              public static String word() {
                return "%s";
              }
            }
            """
                .formatted(word));
  }

  private ClassLoader loaderOfRule() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"), "rules:\n  directories:\n    - my-rules\n");
    return Config.read(file, Map.of())
        .rules()
        .catalogue()
        .byId()
        .get("every-sign-in")
        .getClass()
        .getClassLoader();
  }
}
