package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.schemas.Detection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Identity links that came as messages without any time, in a capture of 60 days: one stolen token
 * every five days, used a day after it was issued.
 */
final class TimelessLinksTest {
  private static final Instant BEGIN = Instant.parse("2026-09-01T08:00:00Z");
  private static final int THEFTS = 12;

  @TempDir Path folder;

  private record Theft(int number) {
    Instant issuedAt() {
      return BEGIN.plus(Duration.ofDays(5L * number));
    }

    Instant calledAt() {
      return issuedAt().plus(Duration.ofHours(23));
    }

    String token() {
      return "6f0e2b9c-0000-4000-8000-%012d".formatted(number);
    }

    String user() {
      return "11112222-0000-4000-8000-%012d".formatted(number);
    }

    String signIn() {
      return """
      {"category":"SignInLogs","time":"%s","properties":{"id":"s%d","createdDateTime":"%s","userId":"%s","userPrincipalName":"u%d@contoso.example","ipAddress":"203.0.113.7","status":{"errorCode":0},"uniqueTokenIdentifier":"%s"}}
      """
          .formatted(issuedAt(), number, issuedAt(), user(), number, token())
          .strip();
    }

    String call() {
      return """
      {"category":"GatewayLogs","time":"%s","correlationId":"c%d","callerIpAddress":"198.51.100.9","properties":{"responseCode":200,"apimSubscriptionId":"orders"}}
      """
          .formatted(calledAt(), number)
          .strip();
    }

    String link(String time) {
      return """
      {"v":1,"correlationId":"c%d","uti":"%s","oid":"%s","idtyp":"user","iat":%d,"exp":%d,"validated":true%s}
      """
          .formatted(
              number,
              token(),
              user(),
              issuedAt().getEpochSecond(),
              issuedAt().plus(Duration.ofHours(28)).getEpochSecond(),
              time)
          .strip();
    }
  }

  @BeforeEach
  void writeNetworks() throws IOException {
    Files.writeString(
        folder.resolve("networks.csv"),
        """
        cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
        203.0.113.0/24,corporate,GB,London,51.5142,-0.0931,5,64500,Contoso head office
        198.51.100.0/24,hosting,DE,Frankfurt,50.11,8.68,5,64511,Some cloud
        """);
    Files.writeString(folder.resolve("lockstep.yaml"), "networks: networks.csv\n");
  }

  @Test
  void givesTheFindingsOfLinksWithTimes_inAnyOrderOfFiles() throws IOException {
    List<Detection> timed =
        replay("timed", theft -> theft.link(",\"time\":\"" + theft.calledAt() + "\""), false);
    assertThat(timed).hasSize(THEFTS);
    assertThat(replay("timeless", theft -> theft.link(""), false)).isEqualTo(timed);
    assertThat(replay("reversed", theft -> theft.link(""), true)).isEqualTo(timed);
  }

  @Test
  void joinsALinkWhoseTokenWasIssuedBeforeTheTimeThatIsAskedFor() throws IOException {
    Theft last = new Theft(THEFTS - 1);
    write("part", theft -> theft.link(""));
    Replay.Result result =
        replay(List.of(folder.resolve("part").toString()), last.calledAt().minusSeconds(60));
    // Without its sign-in the call is no finding; that it had its claims, the coverage tells.
    assertThat(result.counters().coverage().get("token-replay"))
        .containsEntry("callsLinkedByMessage", 1L);
  }

  private List<Detection> replay(String name, Function<Theft, String> link, boolean reversed)
      throws IOException {
    List<String> paths = write(name, link);
    if (reversed) {
      Collections.reverse(paths);
    }
    List<Detection> found = new ArrayList<>();
    for (Detection each : replay(paths, Instant.EPOCH).detections()) {
      each.setEvidence(List.of()); // names the files
      found.add(each);
    }
    return found;
  }

  private Replay.Result replay(List<String> paths, Instant from) throws IOException {
    Config config = Config.read(folder.resolve("lockstep.yaml"), Map.of());
    return new Replay(
            config.rules(), Wiring.enrichment(config), from.toEpochMilli(), Long.MAX_VALUE, 2)
        .run(paths, new ByteArrayInputStream(new byte[0]), Progress.of(true));
  }

  private List<String> write(String name, Function<Theft, String> link) throws IOException {
    Path part = Files.createDirectory(folder.resolve(name));
    List<String> signIns = new ArrayList<>();
    List<String> calls = new ArrayList<>();
    List<String> links = new ArrayList<>();
    for (int i = 0; i < THEFTS; i++) {
      Theft theft = new Theft(i);
      signIns.add(theft.signIn());
      calls.add(theft.call());
      links.add(link.apply(theft));
    }
    List<String> paths = new ArrayList<>();
    paths.add(Files.write(part.resolve("signins.jsonl"), signIns).toString());
    paths.add(Files.write(part.resolve("gateway.jsonl"), calls).toString());
    paths.add(Files.write(part.resolve("links.jsonl"), links).toString());
    return paths;
  }
}
