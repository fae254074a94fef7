package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ARM templates say what the Bicep says. Our own reader writes them, since the compiler is in
 * no registry that a build reaches; it knows plain Bicep only and refuses the rest.
 */
class BicepAndJsonTest {
  @ParameterizedTest
  @MethodSource("bicep")
  void theTemplateIsWhatTheBicepSays(Path bicep) throws IOException {
    String written = Templates.written(bicep);
    Path json = Templates.json(bicep);
    Path wanted = Path.of("target", "templates").resolve(Templates.DEPLOY.relativize(json));
    Files.createDirectories(wanted.getParent());
    Files.writeString(wanted, written, StandardCharsets.UTF_8);
    assertThat(Files.exists(json) && Templates.text(json).equals(written))
        .as("%s is what %s says; if not, copy topology-tests/%s over it", json, bicep, wanted)
        .isTrue();
  }

  static Stream<Path> bicep() throws IOException {
    return Templates.bicep();
  }
}
