package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What pages refer to: other pages, headings, files of the repository and classes. */
final class DocsLinksTest {
  private static final Pattern PATH = Pattern.compile("\\.?[\\w.-]+(/[\\w.-]+)*/?");
  private static final Pattern CLASS = Pattern.compile("[A-Z][a-z]\\w*[a-z]\\w*");
  private static final Pattern PACKAGE =
      Pattern.compile("(schemas|enrichment|rules|ingest|detections|sentinel|app)(\\.[a-z]+)+");

  /** Pages for people who change the code. */
  private static final List<String> FOR_CONTRIBUTORS =
      List.of("CONTRIBUTING.md", "docs/architecture.md", "docs/releasing.md");

  private static final Pattern TEST = Pattern.compile("[A-Z]\\w*[a-z]\\w*(Test|IT)");

  @Test
  void everyLink_leadsToAFileAndAHeading() throws IOException {
    List<String> dead = new ArrayList<>();
    for (MarkdownPage page : pagesAndDecisions()) {
      for (MarkdownPage.Text link : page.links()) {
        int hash = link.value().indexOf('#');
        String path = hash < 0 ? link.value() : link.value().substring(0, hash);
        Path target = path.isEmpty() ? page.file() : beside(page, path);
        if (!Files.exists(MarkdownPage.ROOT.resolve(target))) {
          dead.add(link + " (no such file)");
        } else if (hash >= 0
            && !MarkdownPage.read(target).anchors().contains(link.value().substring(hash + 1))) {
          dead.add(link + " (no such heading)");
        }
      }
    }
    assertThat(dead).as("links that lead nowhere").isEmpty();
  }

  /**
   * The index is the navigation of the site as well: .ci/site.py takes pages from its sections, and
   * below a folder, or the README of one, all that it does not name.
   */
  @Test
  void everyPage_isInTheIndex() throws IOException {
    MarkdownPage index = MarkdownPage.read(Path.of("docs/README.md"));
    Set<Path> listed = new HashSet<>();
    Set<Path> folders = new HashSet<>();
    for (MarkdownPage.Text link : index.links()) {
      Path target = beside(index, link.value());
      listed.add(target);
      if (Files.isDirectory(MarkdownPage.ROOT.resolve(target))) {
        folders.add(target);
      } else if (target.endsWith("README.md") && target.startsWith(index.file().getParent())) {
        folders.add(target.getParent());
      }
    }
    for (Path page : pagesOfTheSite()) {
      if (!page.equals(index.file())) {
        assertThat(listed.contains(page) || folders.stream().anyMatch(page::startsWith))
            .as("docs/README.md has %s; add a row for it", page)
            .isTrue();
      }
    }
  }

  @Test
  void everyPage_isOnceInTheNavigationOfTheSite_wherePythonIsInstalled() throws Exception {
    String program =
        """
        import importlib.util, types
        spec = importlib.util.spec_from_file_location("site_hooks", ".ci/site.py")
        hooks = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(hooks)
        def show(entry):
            if isinstance(entry, str):
                print("docs/" + entry)
            else:
                for below in entry.values():
                    for each in below if isinstance(below, list) else [below]:
                        show(each)
        for entry in hooks.on_config(types.SimpleNamespace(docs_dir="docs")).nav:
            show(entry)
        """;
    Process python = started("python3", "-B", "-c", program);
    String printed = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(printed).isZero();
    assertThat(printed.lines().map(Path::of).toList())
        .containsExactlyInAnyOrderElementsOf(pagesOfTheSite());
  }

  /** Starts a program in the repository, or skips the test where it is not installed. */
  private static Process started(String... command) {
    try {
      return new ProcessBuilder(command)
          .directory(MarkdownPage.ROOT.toFile())
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      return Assumptions.abort("no %s on the PATH (%s)".formatted(command[0], e.getMessage()));
    }
  }

  private static List<Path> pagesOfTheSite() throws IOException {
    try (Stream<Path> files = Files.walk(MarkdownPage.ROOT.resolve("docs"))) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .map(MarkdownPage.ROOT::relativize)
          .sorted()
          .toList();
    }
  }

  @Test
  void everyPath_exists() throws IOException {
    Set<String> tops = new HashSet<>();
    try (Stream<Path> files = Files.list(MarkdownPage.ROOT)) {
      files.forEach(file -> tops.add(file.getFileName().toString()));
    }
    List<String> missing = new ArrayList<>();
    for (MarkdownPage page : MarkdownPage.all()) {
      for (MarkdownPage.Text code : page.code()) {
        String path = code.value();
        int slash = path.indexOf('/');
        if (slash > 0
            && tops.contains(path.substring(0, slash))
            && PATH.matcher(path).matches()
            && !path.contains("/target/")
            && !Files.exists(MarkdownPage.ROOT.resolve(path))) {
          missing.add(code.toString());
        }
      }
    }
    assertThat(missing).as("paths in backticks that do not exist").isEmpty();
  }

  @Test
  void everyTest_exists() throws IOException {
    Set<String> classes = classes();
    List<String> missing = new ArrayList<>();
    for (MarkdownPage page : MarkdownPage.all()) {
      for (MarkdownPage.Text code : page.code()) {
        if (TEST.matcher(code.value()).matches() && !classes.contains(code.value())) {
          missing.add(code.toString());
        }
      }
    }
    assertThat(missing).as("tests in backticks that do not exist").isEmpty();
  }

  @Test
  void everyQualifiedName_exists() throws IOException {
    List<String> missing = new ArrayList<>();
    for (MarkdownPage page : MarkdownPage.all()) {
      for (MarkdownPage.Text code : page.code()) {
        if (code.value().startsWith("dev.lockstep.") && !isSource(code.value())) {
          missing.add(code.toString());
        }
      }
    }
    assertThat(missing).as("classes and packages in backticks that do not exist").isEmpty();
  }

  @Test
  void everyClassForContributors_exists() throws IOException {
    Set<String> classes = classes();
    List<String> missing = new ArrayList<>();
    for (String name : FOR_CONTRIBUTORS) {
      for (MarkdownPage.Text code : MarkdownPage.read(Path.of(name)).code()) {
        if (CLASS.matcher(code.value()).matches() && !classes.contains(code.value())) {
          missing.add(code.toString());
        }
      }
    }
    assertThat(missing).as("classes in backticks that do not exist").isEmpty();
  }

  @Test
  void everyPackageForContributors_exists() throws IOException {
    List<String> missing = new ArrayList<>();
    for (String name : FOR_CONTRIBUTORS) {
      for (MarkdownPage.Text code : MarkdownPage.read(Path.of(name)).code()) {
        String text = code.value();
        if (PACKAGE.matcher(text).matches()) {
          String module = text.substring(0, text.indexOf('.'));
          String folder = module + "/src/main/java/dev/lockstep/" + text.replace('.', '/');
          if (!Files.isDirectory(MarkdownPage.ROOT.resolve(folder))) {
            missing.add(code.toString());
          }
        }
      }
    }
    assertThat(missing).as("packages in backticks that do not exist").isEmpty();
  }

  private static boolean isSource(String name) throws IOException {
    String path = name.replace('.', '/');
    try (Stream<Path> modules = Files.list(MarkdownPage.ROOT)) {
      return modules
          .flatMap(module -> Stream.of("src/main/java", "src/test/java").map(module::resolve))
          .anyMatch(
              sources ->
                  Files.isDirectory(sources.resolve(path))
                      || Files.exists(sources.resolve(path + ".java")));
    }
  }

  private static Path beside(MarkdownPage page, String path) {
    Path folder = page.file().getParent();
    return (folder == null ? Path.of(path) : folder.resolve(path)).normalize();
  }

  private static List<MarkdownPage> pagesAndDecisions() throws IOException {
    List<MarkdownPage> pages = new ArrayList<>(MarkdownPage.all());
    try (Stream<Path> files = Files.list(MarkdownPage.ROOT.resolve("docs/decisions"))) {
      for (Path file : files.sorted().toList()) {
        pages.add(MarkdownPage.read(MarkdownPage.ROOT.relativize(file)));
      }
    }
    return pages;
  }

  /** Returns the simple names of classes, from the names of source files and Avro schemas. */
  private static Set<String> classes() throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> modules = Files.list(MarkdownPage.ROOT)) {
      for (Path module : modules.toList()) {
        Path sources = module.resolve("src");
        if (Files.isDirectory(sources)) {
          try (Stream<Path> files = Files.walk(sources)) {
            files
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".java") || name.endsWith(".avsc"))
                .forEach(
                    name ->
                        names.add(
                            Character.toUpperCase(name.charAt(0))
                                + name.substring(1, name.lastIndexOf('.'))));
          }
        }
      }
    }
    return names;
  }
}
