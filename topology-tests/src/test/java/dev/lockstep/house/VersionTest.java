package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Version of the project in its poms, changelog, README, docs and deployment files. */
final class VersionTest {
  private static final Path ROOT = Path.of("..");
  private static final String SNAPSHOT = "-SNAPSHOT";

  /** The first version of a pom that is not a library's: the project's own, or its parent's. */
  private static final Pattern POM =
      Pattern.compile(
          "<groupId>dev\\.lockstep</groupId>\\s*<artifactId>[\\w-]+</artifactId>\\s*"
              + "<version>([^<$]+)</version>");

  private static final Pattern NAMED =
      Pattern.compile("(?i)lockstep[:@ /-]v?(\\d+\\.\\d+\\.\\d+[\\w.-]*)");

  private static final Pattern RELEASE =
      Pattern.compile("## \\[(\\d+\\.\\d+\\.\\d+)] - \\d{4}-\\d{2}-\\d{2}");

  private static final Pattern FAIL_IF_MISSING =
      Pattern.compile("trustedChecksums\\.failIfMissing=(\\w+)");

  private static final Pattern TAG = Pattern.compile("\\btag: ([\\w.-]+)");

  private static final Set<String> SECTIONS =
      Set.of("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security");

  /** Headings within a section of the changelog, in their order. CONTRIBUTING.md refers to them. */
  private static final List<String> AREAS =
      List.of(
          "Upgrade steps",
          "Commands",
          "Configuration",
          "Rules and verdicts",
          "Sigma",
          "Sources and ingest",
          "Sinks and Sentinel",
          "Metrics, health, logs",
          "Java interface for jars",
          "Build and packages",
          "Docs");

  @Test
  void isTheSame_inAllPomsAndInTheDocs() throws IOException {
    List<String> texts = new ArrayList<>(List.of("docs/writing-rules.md", "pom.xml"));
    try (Stream<Path> folders = Files.list(ROOT)) {
      folders
          .filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .forEach(folder -> texts.add(folder.getFileName() + "/pom.xml"));
    }
    assertThat(texts).hasSizeGreaterThan(8);
    for (String text : texts) {
      List<String> versions = found(POM, read(text));
      assertThat(versions).as("versions of dev.lockstep in %s", text).isNotEmpty();
      assertThat(versions).as("versions of dev.lockstep in %s", text).containsOnly(version());
    }
  }

  @Test
  void isNamed_inTheReadme() throws IOException {
    String readme = read("README.md");
    assertThat(readme).as("README.md").contains("Version " + number());
    assertThat(readme.contains("Version " + number() + " is in preparation"))
        .as("README.md says that the version is in preparation")
        .isEqualTo(version().endsWith(SNAPSHOT));
  }

  @Test
  void ofTheImage_onKubernetes_isTheNewestRelease_orTheFirstToCome() throws IOException {
    List<String> released = found(RELEASE, read("CHANGELOG.md"));
    assertThat(found(TAG, read("docs/kubernetes.md")))
        .as("tags in docs/kubernetes.md")
        .containsExactly(released.isEmpty() ? number() : released.get(0));
  }

  /**
   * The jars of this project are in no list of checksums. Maven asks for them once they are no
   * snapshots, so that nothing at a release's tag could be built.
   */
  @Test
  void ofASnapshot_aloneRefusesWhatIsInNoList() throws IOException {
    assertThat(found(FAIL_IF_MISSING, read(".mvn/maven.config")))
        .as("trustedChecksums.failIfMissing in .mvn/maven.config")
        .containsExactly(String.valueOf(version().endsWith(SNAPSHOT)));
  }

  @Test
  void isNoOther_whereThingsAreDeployed() throws IOException {
    List<Path> files =
        new ArrayList<>(List.of(ROOT.resolve("Dockerfile"), ROOT.resolve("docker-compose.yml")));
    try (Stream<Path> deployed = Files.walk(ROOT.resolve("deploy"))) {
      deployed.filter(Files::isRegularFile).forEach(files::add);
    }
    String number = number();
    for (Path file : files) {
      assertThat(found(NAMED, Files.readString(file)))
          .as("versions of Lockstep in %s", file)
          .allMatch(number::equals);
    }
  }

  @Test
  void hasItsHeading_inTheChangelog_onceItIsReleased() throws IOException {
    String changelog = read("CHANGELOG.md");
    List<String> headings = changelog.lines().filter(line -> line.startsWith("## ")).toList();
    assertThat(headings.get(0)).isEqualTo("## [Unreleased]");
    List<String> released = new ArrayList<>();
    for (String heading : headings.subList(1, headings.size())) {
      assertThat(heading).matches(RELEASE);
      released.addAll(found(RELEASE, heading));
    }
    assertThat(changelog.contains("No version is released yet"))
        .as("CHANGELOG.md says that no version is released yet")
        .isEqualTo(released.isEmpty());
    if (version().endsWith(SNAPSHOT)) {
      assertThat(released)
          .as("releases; the version in the poms comes next")
          .doesNotContain(number());
    } else {
      assertThat(released).as("releases; the newest comes first").first().isEqualTo(number());
    }
  }

  @Test
  void hasSections_ofKeepAChangelog() throws IOException {
    List<String> sections =
        read("CHANGELOG.md")
            .lines()
            .filter(line -> line.startsWith("### "))
            .map(line -> line.substring("### ".length()))
            .toList();
    assertThat(sections).isNotEmpty().isSubsetOf(SECTIONS);
  }

  @Test
  void groupsItsLines_byAreasInTheirOrder() throws IOException {
    String section = "";
    int previous = -1;
    for (String line : read("CHANGELOG.md").lines().toList()) {
      if (line.startsWith("## ") || line.startsWith("### ")) {
        section = line;
        previous = -1;
      } else if (line.startsWith("#### ")) {
        String area = line.substring("#### ".length());
        assertThat(AREAS).as("areas of CHANGELOG.md, below %s", section).contains(area);
        assertThat(AREAS.indexOf(area))
            .as("place of %s below %s; the order is %s", area, section, AREAS)
            .isGreaterThan(previous);
        previous = AREAS.indexOf(area);
      }
    }
  }

  private static String version() throws IOException {
    return found(POM, read("pom.xml")).get(0);
  }

  private static String number() throws IOException {
    String version = version();
    return version.endsWith(SNAPSHOT)
        ? version.substring(0, version.length() - SNAPSHOT.length())
        : version;
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file)).replace("\r\n", "\n");
  }
}
