package dev.lockstep.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Files of the archives and of the Debian package, as their descriptions name them. */
final class ReleaseFilesTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void programsBelowDeployAndDocs_canBeRunFromAnArchive() throws Exception {
    Element assembly =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(ROOT.resolve("app/src/assembly/distribution.xml").toFile())
            .getDocumentElement();
    List<String> programs = new ArrayList<>();
    for (String folder : List.of("deploy", "docs")) {
      for (Path file : files(ROOT.resolve(folder))) {
        if (Files.isExecutable(file)) {
          programs.add(ROOT.relativize(file).toString());
        }
      }
    }
    assertThat(programs).isNotEmpty();
    NodeList sets = assembly.getElementsByTagName("fileSet");
    List<String> executable = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (int i = 0; i < sets.getLength(); i++) {
      Element set = (Element) sets.item(i);
      if (texts(set, "fileMode").equals(List.of("0755"))) {
        executable.addAll(texts(set, "include"));
      } else {
        leftOut.addAll(texts(set, "exclude"));
      }
    }
    assertThat(executable)
        .as("files of mode 0755 in distribution.xml")
        .containsExactlyInAnyOrderElementsOf(programs);
    assertThat(leftOut)
        .as("what the file sets of other modes leave out")
        .containsExactlyInAnyOrderElementsOf(programs);
  }

  @Test
  void debianPackage_hasTheSigmaRules() throws Exception {
    Matcher line =
        Pattern.compile("includes: \\[(.*)]")
            .matcher(Files.readString(ROOT.resolve("jreleaser.yml")));
    assertThat(line.find()).isTrue();
    List<PathMatcher> patterns =
        Pattern.compile(", ")
            .splitAsStream(line.group(1).replace("'", ""))
            .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
            .toList();
    List<Path> rules = files(ROOT.resolve("deploy/sigma"));
    assertThat(rules).isNotEmpty();
    for (Path rule : rules) {
      Path packed = Path.of("/build/lockstep").resolve(ROOT.relativize(rule));
      assertThat(patterns)
          .as(rule.toString())
          .anyMatch(each -> each.matches(packed) || each.matches(packed.getFileName()));
    }
  }

  private static List<Path> files(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<String> texts(Element set, String name) {
    List<String> texts = new ArrayList<>();
    NodeList found = set.getElementsByTagName(name);
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getTextContent());
    }
    return texts;
  }
}
