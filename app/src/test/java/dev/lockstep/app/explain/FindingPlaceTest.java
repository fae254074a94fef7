package dev.lockstep.app.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.cli.DemoCommand;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.explain.ReferencedEvents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingPlaceTest {
  @TempDir Path folder;

  private String fromDemo(String name) throws IOException {
    Path copy = folder.resolve(name);
    try (InputStream in = Main.class.getResourceAsStream("/demo/" + name)) {
      Files.copy(Objects.requireNonNull(in, name), copy);
    }
    return copy.toString();
  }

  @Test
  void findsSubjectAndDayOfEveryFindingOfTheBundledCapture_byTheEventsThatItCites()
      throws IOException {
    fromDemo("networks.csv");
    fromDemo("partners.yaml");
    Config config = Config.read(Path.of(fromDemo("lockstep.yaml")), Map.of());
    List<String> paths = new ArrayList<>();
    for (String name : DemoCommand.CAPTURE) {
      paths.add(fromDemo(name));
    }
    ReferencedEvents cited = new ReferencedEvents(RuleSets.of(config.rules()).rules());
    List<ComparedDetection> lost = new ArrayList<>();
    Replay replay =
        new Replay(config.rules(), Wiring.enrichment(config), Long.MIN_VALUE, Long.MAX_VALUE, 2)
            .then(
                (result, rerun) -> {
                  List<ComparedDetection> findings =
                      result.detections().stream().map(ComparedDetection::of).toList();
                  findings.forEach(finding -> FindingPlace.watch(finding, cited));
                  rerun.run(
                      cited,
                      driver -> {
                        for (ComparedDetection finding : findings) {
                          FindingPlace place =
                              FindingPlace.of(finding, cited, driver, finding.id()::equals);
                          boolean isIt =
                              place != null
                                  && place.day() != null
                                  && place.day().hasFinding(finding.id()::equals);
                          if (!isIt) {
                            lost.add(finding);
                          }
                        }
                      });
                });
    Replay.Result result = replay.run(paths, InputStream.nullInputStream(), Progress.of(true));
    assertThat(result.detections().size()).isEqualTo(230);
    assertThat(lost).isEmpty();
  }
}
