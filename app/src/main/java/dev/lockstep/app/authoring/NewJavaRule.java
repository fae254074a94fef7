package dev.lockstep.app.authoring;

import dev.lockstep.app.file.AtomicFile;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Writer of a folder for a new Java rule. The folder has a rule that compiles, a script that packs
 * the rule into a jar, and a failing test.
 */
public final class NewJavaRule {
  private static final String USUAL_LIB = "/opt/lockstep/lib";
  private static final String FOLDER = "java/";
  private static final String SOURCE = "Rule.java.txt";

  private NewJavaRule() {}

  /**
   * Writes the folder of a new rule and returns its path.
   *
   * @param in existing folder in which the new one is created
   * @param name name of the rule and of the folder
   * @throws OperatorException if the name cannot be used, or the folder exists already
   */
  public static Path write(Path in, String name) {
    NewSigmaRule.check(name);
    Path folder = in.resolve(name);
    if (Files.exists(folder)) {
      throw NewSigmaRule.exists(folder);
    }
    String id = id(name);
    if (!isId(id)) {
      throw new OperatorException(
          "could not create the rule: the name %s gives %s, which cannot be the id of a rule in Java; begin the name with a letter, end it with a letter or digit, and put one dash or underscore between its words"
              .formatted(Quoted.of(name), Quoted.of(id)));
    }
    String holder = RuleCatalogue.holderOf(id);
    if (holder != null) {
      throw new OperatorException(
          "could not create the rule: the name %s gives the id %s, which is taken, because it is already %s; choose another name"
              .formatted(Quoted.of(name), Quoted.of(id), holder));
    }
    String type = className(name);
    if (hasWord(NewSigmaRule.template(FOLDER + SOURCE), type)) {
      type += "Rule"; // the class has to differ from those that the rule uses
    }
    Map<String, String> files = new LinkedHashMap<>();
    files.put("README.md", "README.md.txt");
    files.put("build.sh", "build.sh.txt");
    files.put("src/com/example/" + type + ".java", SOURCE);
    files.put("my-rules/" + id + ".tests.yaml", "tests.yaml.txt");
    String lib = lib();
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        AtomicFile.replace(
            path,
            NewSigmaRule.template(FOLDER + file.getValue())
                .replace("@TITLE@", NewSigmaRule.title(name))
                .replace("@CLASS@", type)
                .replace("@ID@", id)
                .replace("@LIB@", lib));
      }
    } catch (IOException e) {
      throw OperatorException.of(new UncheckedIOException(e));
    }
    return folder;
  }

  /**
   * Converts the name of a Java rule to the id of the rule, such as {@code NewCountry} to {@code
   * new-country}. The id has a dash for each underscore and between words in camel case, and only
   * lower-case letters.
   */
  public static String id(String name) {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean beginsWord =
          i > 0 && Character.isUpperCase(c) && Character.isLowerCase(name.charAt(i - 1));
      id.append(beginsWord ? "-" : "").append(c == '_' ? '-' : Character.toLowerCase(c));
    }
    return id.toString();
  }

  private static boolean isId(String text) {
    // the callers pass only lower-case letters, digits and dashes
    return text.charAt(0) >= 'a'
        && text.charAt(0) <= 'z'
        && !text.contains("--")
        && !text.endsWith("-");
  }

  private static boolean hasWord(String source, String word) {
    for (int at = source.indexOf(word); at >= 0; at = source.indexOf(word, at + 1)) {
      int end = at + word.length();
      boolean begins = at == 0 || !Character.isJavaIdentifierPart(source.charAt(at - 1));
      boolean ends = end == source.length() || !Character.isJavaIdentifierPart(source.charAt(end));
      if (begins && ends) {
        return true;
      }
    }
    return false;
  }

  private static String className(String name) {
    StringBuilder type = new StringBuilder();
    boolean begins = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_' || c == '-') {
        begins = true;
      } else {
        type.append(begins ? Character.toUpperCase(c) : c);
        begins = false;
      }
    }
    return type.toString();
  }

  private static String lib() {
    CodeSource source = Rule.class.getProtectionDomain().getCodeSource();
    try {
      Path jar = source == null ? null : Path.of(source.getLocation().toURI());
      Path parent = jar == null || !Files.isRegularFile(jar) ? null : jar.getParent();
      return parent == null ? USUAL_LIB : parent.toString();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return USUAL_LIB;
    }
  }
}
