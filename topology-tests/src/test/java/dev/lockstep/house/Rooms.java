package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Packages of each module: which other packages of it each may know, and which classes of a module
 * others may know. Two tables say so; a line that nobody needs any more fails as well. Packages of
 * tests are free of circles. {@link HouseTest} runs these rules, on classes that it has read.
 */
final class Rooms {
  private static final String ROOT = "dev.lockstep.";
  private static final String ARROWS = "/house/arrows.txt";
  private static final String SHOWN = "/house/shown.txt";
  private static final String TABLES = "topology-tests/src/test/resources";
  private static final int MOST_CLASSES = 40;

  private static final Set<String> MODULES =
      Set.of("schemas", "enrichment", "rules", "ingest", "detections", "sentinel", "app");

  @ArchTest
  static void knowWhatTheTableAllows_andNoMore(JavaClasses imported) {
    Map<String, Set<String>> found = new TreeMap<>();
    dependencies(
        imported,
        (from, to) -> {
          if (module(from).equals(module(to)) && !room(from).equals(room(to))) {
            found.computeIfAbsent(room(from), any -> new TreeSet<>()).add(room(to));
          }
        });
    Set<String> arrows = new TreeSet<>();
    Set<String> lines = new TreeSet<>();
    found.forEach(
        (room, known) -> {
          known.forEach(each -> arrows.add(room + " -> " + each));
          lines.add(room + " -> " + String.join(" ", known));
        });
    Set<String> allowed = new TreeSet<>();
    for (String line : lines(ARROWS)) {
      String room = line.substring(0, line.indexOf(" -> ") + 4);
      for (String known : words(line.substring(room.length()))) {
        allowed.add(room + known);
      }
    }
    assertThat(differences(arrows, allowed))
        .as("arrows between packages: the code against %s%s", TABLES, ARROWS)
        .isEmpty();
    assertThat(lines(ARROWS))
        .as("lines of %s%s: a package once, and what it knows in order", TABLES, ARROWS)
        .isEqualTo(lines);
  }

  /** Returns what the code and a table do not both have, each with what is to be done. */
  private static List<String> differences(Set<String> found, Set<String> listed) {
    List<String> differences = new ArrayList<>();
    for (String each : found) {
      if (!listed.contains(each)) {
        differences.add(each + ": used by the code; write it into the table, or do without it");
      }
    }
    for (String each : listed) {
      if (!found.contains(each)) {
        differences.add(each + ": not used by the code; remove it from the table");
      }
    }
    return differences;
  }

  @ArchTest
  static void haveNoCircle(JavaClasses imported) {
    Map<String, Set<String>> left = new HashMap<>();
    for (String line : lines(ARROWS)) {
      int arrow = line.indexOf(" -> ");
      left.put(
          line.substring(0, arrow), new TreeSet<>(Arrays.asList(words(line.substring(arrow + 4)))));
    }
    assertThat(inCircles(left)).as("packages in a circle, or above one").isEmpty();
  }

  /**
   * Tests of other modules share fixtures in both directions; only those of this module are held.
   */
  @ArchTest
  static void haveNoCircle_inTestsAndCaptures(JavaClasses imported) {
    Map<String, Set<String>> found = new TreeMap<>();
    circlesOf(Path.of("target/test-classes"), found);
    circlesOf(Path.of("target/classes"), found);
    assertThat(found).as("packages of tests in a circle, or above one").isEmpty();
  }

  /** Adds the packages of a folder's classes that know one another, of those classes alone. */
  private static void circlesOf(Path folder, Map<String, Set<String>> found) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    JavaClasses own =
        ArchConfiguration.withThreadLocalScope(
            configuration -> {
              // Classes of other folders are not needed, and reading them takes most of the time.
              configuration.setResolveMissingDependenciesFromClassPath(false);
              return new ClassFileImporter().importPath(folder);
            });
    Map<String, Set<String>> known = new HashMap<>();
    for (JavaClass from : own) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (own.contain(to.getName()) && !to.getPackageName().equals(from.getPackageName())) {
          known
              .computeIfAbsent(from.getPackageName(), any -> new TreeSet<>())
              .add(to.getPackageName());
        }
      }
    }
    found.putAll(inCircles(known));
  }

  /** Returns the packages that are left once those that know no other are taken out, repeatedly. */
  private static Map<String, Set<String>> inCircles(Map<String, Set<String>> left) {
    boolean removed = true;
    while (removed) {
      removed = false;
      for (String room : List.copyOf(left.keySet())) {
        Set<String> known = Objects.requireNonNull(left.get(room));
        known.retainAll(left.keySet());
        if (known.isEmpty()) {
          left.remove(room);
          removed = true;
        }
      }
    }
    return left;
  }

  @ArchTest
  static void showToOtherModules_whatIsListed_andNoMore(JavaClasses imported) {
    Set<String> found = new TreeSet<>();
    dependencies(
        imported,
        (from, to) -> {
          if (!module(from).equals(module(to)) && !module(to).equals("schemas")) {
            found.add(topLevel(to).substring(ROOT.length()));
          }
        });
    assertThat(differences(found, lines(SHOWN)))
        .as("classes that other modules use: the code against %s%s", TABLES, SHOWN)
        .isEmpty();
  }

  @ArchTest
  static void giveNoNameTwice(JavaClasses imported) {
    Map<String, Set<String>> named = new TreeMap<>();
    for (JavaClass each : imported) {
      if (MODULES.contains(module(each)) && each.isTopLevelClass()) {
        named.computeIfAbsent(each.getSimpleName(), any -> new TreeSet<>()).add(each.getName());
      }
    }
    named.remove("package-info");
    named.values().removeIf(all -> all.size() == 1);
    assertThat(named).as("simple names of two classes; rename one of them").isEmpty();
  }

  @ArchTest
  static void bearSoManyClassesAtMost(JavaClasses imported) {
    Map<String, Integer> sizes = new TreeMap<>();
    for (JavaClass each : imported) {
      if (MODULES.contains(module(each))
          && !module(each).equals("schemas")
          && each.isTopLevelClass()
          && !each.getSimpleName().equals("package-info")) {
        sizes.merge(room(each), 1, Integer::sum);
      }
    }
    sizes.values().removeIf(size -> size <= MOST_CLASSES);
    assertThat(sizes)
        .as(
            "packages of more than %d classes; move those of one subject into a package of their"
                + " own, with a package-info",
            MOST_CLASSES)
        .isEmpty();
  }

  private static void dependencies(JavaClasses imported, BiConsumer<JavaClass, JavaClass> each) {
    for (JavaClass from : imported) {
      if (!MODULES.contains(module(from))) {
        continue;
      }
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (MODULES.contains(module(to))) {
          each.accept(from, to);
        }
      }
    }
  }

  private static String module(JavaClass of) {
    String name = of.getPackageName();
    if (!name.startsWith(ROOT)) {
      return "";
    }
    int end = name.indexOf('.', ROOT.length());
    return end < 0 ? name.substring(ROOT.length()) : name.substring(ROOT.length(), end);
  }

  private static String room(JavaClass of) {
    return of.getPackageName().substring(ROOT.length());
  }

  private static String topLevel(JavaClass of) {
    String name = of.getName();
    int inner = name.indexOf('$');
    return inner < 0 ? name : name.substring(0, inner);
  }

  private static String[] words(String text) {
    return text.isEmpty() ? new String[0] : text.trim().split(" ", -1);
  }

  /** Returns the lines of a table but for empty ones and comments. */
  private static Set<String> lines(String resource) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Rooms.class.getResourceAsStream(resource)),
                StandardCharsets.UTF_8))) {
      Set<String> lines = new TreeSet<>();
      in.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(lines::add);
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
