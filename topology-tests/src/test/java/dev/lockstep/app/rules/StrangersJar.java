package dev.lockstep.app.rules;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.Activity;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Jar of rules as somebody else makes it: compiled against the modules {@code rules}, {@code
 * schemas} and {@code enrichment} and what their classes need, without anything of this project
 * beside them.
 */
final class StrangersJar {
  private static final String SERVICE = "META-INF/services/dev.lockstep.rules.Rule";
  private static final Path SAMPLES = Path.of("../detections/src/test/java/org/example/rules");

  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<String> providers = new ArrayList<>();
  private final List<String> left = new ArrayList<>();

  /** Returns the jar with a rule of each kind: a pair, an absence, a distinct count, a baseline. */
  static StrangersJar ofEachKind() throws IOException {
    StrangersJar jar = new StrangersJar();
    for (String name :
        List.of("CountrySwitch", "CallWithoutSignIn", "WrongPasswords", "NewCountry")) {
      jar.with("org.example.rules." + name, Files.readString(SAMPLES.resolve(name + ".java")));
    }
    return jar;
  }

  /**
   * Returns the source of a rule that finds every sign-in, with its description to be filled in.
   */
  static String source(String type, String description) {
    return source(type, description, "");
  }

  /** The same with statements that an observation begins with. */
  static String source(String type, String description, String first) {
    return """
        package org.example.other;

        import dev.lockstep.rules.*;
        import dev.lockstep.schemas.Severity;
        import java.util.List;

        public final class %1$s implements Rule {
          private static final FactKind SIGN_IN = FactKind.named("sign-in").declare();

          @Override
          public RuleInfo info() {
            return %2$s;
          }

          private static RuleInfo.Builder rule(String id) {
            return RuleInfo.of(id, 1, "Every sign-in")
                .about(Subject.Kind.PRINCIPAL)
                .keeps(SIGN_IN)
                .reads("SignInLogs")
                .reasons("signed-in")
                .severities(Severity.Low);
          }

          @Override
          public void observe(Event event, Facts facts) {
            %3$s
            if (event.isSuccessfulSignIn() && event.principal() != null) {
              facts.about(new Subject(Subject.Kind.PRINCIPAL, event.principal().getId()), SIGN_IN).state();
            }
          }

          @Override
          public void judge(Case day, Verdicts verdicts) {
            for (Fact fact : day.today()) {
              verdicts.fires("signed-in", Severity.Low, List::of, fact);
            }
          }

          @Override
          public Words tell(Finding finding) {
            return Words.of("Signed in", "Somebody signed in.");
          }
        }
        """
        .formatted(type, description, first);
  }

  /** Returns a jar of one such rule. */
  static StrangersJar of(String description) {
    return new StrangersJar().with("org.example.other.Any", source("Any", description));
  }

  /** Adds a rule. */
  StrangersJar with(String type, String source) {
    providers.add(type);
    return and(type, source);
  }

  /** Adds a class that is no rule. */
  StrangersJar and(String type, String source) {
    sources.put(type, source);
    return this;
  }

  /** Compiles a class beside the others and leaves it out of the jar. */
  StrangersJar without(String type, String source) {
    left.add(type);
    return and(type, source);
  }

  /** Names a class as a rule that is none. */
  StrangersJar naming(String type) {
    providers.add(type);
    return this;
  }

  /** Names no rule at all. */
  StrangersJar namingNone() {
    providers.clear();
    return this;
  }

  /** Compiles all, and writes the jar into a folder that others cannot write to. */
  Path into(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    Path work = Files.createTempDirectory("stranger");
    Path classes = Files.createDirectory(work.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(
            List.of("--release", "17", "-proc:none", "-d", classes.toString(), "-cp", classPath()));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, OutputStream.nullOutputStream(), null, arguments.toArray(String[]::new));
    if (code != 0) {
      throw new AssertionError("the rules of " + name + " do not compile against " + classPath());
    }
    for (String type : left) {
      Files.delete(classes.resolve(type.replace('.', '/') + ".class"));
    }
    Path jar = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        out.write(Files.readAllBytes(file));
      }
      if (!providers.isEmpty()) {
        out.putNextEntry(new JarEntry(SERVICE));
        out.write((String.join("\n", providers) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  /** Returns what a rule is compiled against: three modules, and Avro's own classes. */
  static String classPath() {
    return String.join(
        System.getProperty("path.separator"),
        Stream.of(Rule.class, Activity.class, Enrichment.class, SpecificRecordBase.class)
            .map(StrangersJar::place)
            .distinct()
            .toList());
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
