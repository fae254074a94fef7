package dev.lockstep.app.rules;

import dev.lockstep.app.file.TemporaryFolder;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Sha256;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jar with Java rules, which has a separate class loader.
 *
 * @param name file name
 * @param sha256 SHA-256 of the content in hexadecimal digits of lower case
 * @param rules rules in the order of the jar's list
 */
public record RuleJar(String name, String sha256, List<Described> rules) {
  private static final Logger LOG = LoggerFactory.getLogger(RuleJar.class);
  private static final String SERVICE = "META-INF/services/" + Rule.class.getName();
  private static final int CHUNK_BYTES = 1 << 16;

  public RuleJar {
    rules = List.copyOf(rules);
  }

  /** Rule with the description that it returned when the jar was read. */
  public record Described(Rule rule, RuleInfo info) {}

  /**
   * Jar that was found at a configured path, for messages about it.
   *
   * @param place path of its folder, or of the jar itself if a person named the jar
   */
  record Found(ConfigValue place, String jar) {
    OperatorException bad(String what, String fix) {
      return place.bad(holding(place, jar) + ", " + what, fix);
    }
  }

  /**
   * Reads the rules from a copy of the jar that is removed when the process ends. Java loads many
   * classes and resources at the first event, and could load none from a file that was overwritten
   * meanwhile.
   */
  static RuleJar read(ConfigValue folder, Path file) {
    String name = String.valueOf(file.getFileName());
    Found at = new Found(folder, name);
    URLClassLoader loader = null;
    TemporaryFolder temporary = TemporaryFolder.make("lockstep-rules-");
    try {
      Path copy = temporary.folder().resolve(name);
      Files.copy(file, copy);
      String sha256 = sha256(copy);
      try (JarFile jar = new JarFile(copy.toFile())) {
        if (jar.getEntry(SERVICE) == null) {
          throw noRule(at);
        }
      }
      URL[] classPath = {copy.toUri().toURL()};
      loader = new URLClassLoader("rules of " + name, classPath, Rule.class.getClassLoader());
      return new RuleJar(name, sha256, rules(at, loader));
    } catch (IOException e) {
      temporary.close();
      throw at.bad(
          "but the jar cannot be read (" + Failures.message(e) + ")",
          "replace the jar by a complete jar, and give this process read access");
    } catch (OperatorException e) {
      close(loader);
      temporary.close();
      throw e;
    }
  }

  /**
   * Returns the words {@code is the jar} or {@code contains the jar} and the jar's name, for a
   * message about a configured path. The path is that of a folder, or of the jar itself if a person
   * named the jar.
   */
  static String holding(ConfigValue place, String jar) {
    boolean isIt = jar.equals(String.valueOf(place.path().getFileName()));
    return (isIt ? "is the jar " : "contains the jar ") + Quoted.of(jar);
  }

  private static OperatorException noRule(Found at) {
    return at.bad(
        "but the jar names no rule",
        "in the jar, list the classes of the rules in the file " + SERVICE + ", one a line");
  }

  private static List<Described> rules(Found at, ClassLoader loader) {
    List<Described> rules = new ArrayList<>();
    String type = "";
    try {
      for (ServiceLoader.Provider<Rule> each :
          ServiceLoader.load(Rule.class, loader).stream().toList()) {
        if (each.type().getClassLoader() == loader) { // not a class of this program's class path
          type = each.type().getName();
          Rule rule = each.get();
          RuleInfo info = rule.info();
          refuse(at, type, info);
          rules.add(new Described(rule, info));
        }
      }
    } catch (OperatorException | OutOfMemoryError e) {
      throw e;
    } catch (ExceptionInInitializerError e) { // of a class that info() needs
      throw undescribed(at, type, e);
    } catch (LinkageError | ServiceConfigurationError e) {
      throw unlinked(at, e);
    } catch (Exception | Error e) { // an author may throw any of them
      throw undescribed(at, type, e);
    }
    if (rules.isEmpty()) {
      throw noRule(at);
    }
    return rules;
  }

  private static void refuse(Found at, String type, RuleInfo info) {
    if (info.builtFor() != Rule.INTERFACE) {
      throw at.bad(
          info.builtFor() == 0
              ? "but the jar's rule %s does not declare the version of the rule interface that it was built for"
                  .formatted(Quoted.of(type))
              : "but the jar's rule %s was built for version %d of the rule interface, and Lockstep has version %d"
                  .formatted(Quoted.of(type), info.builtFor(), Rule.INTERFACE),
          info.builtFor() == 0
              ? "add builtFor(Rule.INTERFACE) to its RuleInfo"
              : "compile the rule against the jars of this version");
    }
    RuleInfo.Problem problem = info.problem();
    if (problem != null) {
      throw at.bad(
          "but the jar's rule " + Quoted.of(type) + " cannot be used: " + problem.what(),
          problem.fix());
    }
    List<String> known = CategoryNames.ofEvents();
    for (String category : info.categories()) {
      if (!known.contains(category)) {
        String nearest = NearestNames.similarAmong(known, category);
        throw at.bad(
            "but the jar's rule %s cannot be used: the rule reads %s, which is not a log category that a rule can read"
                .formatted(Quoted.of(type), Quoted.of(category)),
            nearest.isEmpty()
                ? "write one of " + String.join(", ", known)
                : "the nearest known one is " + nearest);
      }
    }
  }

  private static OperatorException undescribed(Found at, String type, Throwable failure) {
    return at.bad(
        "but the info method of the jar's rule %s failed (%s)"
            .formatted(Quoted.of(type), Failures.message(failure)),
        "fix that method");
  }

  private static OperatorException unlinked(Found at, Error failure) {
    Throwable root = Causes.innermost(failure);
    String message = Failures.message(root);
    if (root instanceof UnsupportedClassVersionError) {
      return at.bad(
          "but the jar was compiled for a newer Java (" + message + ")",
          "compile the jar with --release 17, or run Lockstep with a newer Java");
    }
    boolean isMissing =
        root instanceof ClassNotFoundException || root instanceof NoClassDefFoundError;
    boolean isOurs =
        String.valueOf(root.getMessage()).replace('/', '.').startsWith("dev.lockstep.");
    if (isMissing && !isOurs) {
      return at.bad(
          "but the jar needs a class that the jar does not contain (" + message + ")",
          "put all needed classes into the jar, except those of Lockstep");
    }
    if (root instanceof IncompatibleClassChangeError || root instanceof VerifyError || isMissing) {
      return at.bad(
          "but the jar was built for another version of the rule interface (" + message + ")",
          "compile the jar against the jars of this version");
    }
    if (root instanceof LinkageError) {
      return at.bad("but a class of the jar cannot be loaded (" + message + ")", "correct the jar");
    }
    return at.bad(
        "but a rule class of the jar cannot be instantiated (" + message + ")",
        "in the jar's file "
            + SERVICE
            + ", list only public classes that have a public constructor without parameters, and"
            + " correct constructors that fail");
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = Sha256.digest();
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  private static void close(@Nullable URLClassLoader loader) {
    if (loader == null) {
      return;
    }
    try {
      loader.close();
    } catch (IOException e) {
      LOG.debug(
          "could not close the jar of rules {}; this has no further effect",
          List.of(loader.getURLs()),
          e);
    }
  }
}
