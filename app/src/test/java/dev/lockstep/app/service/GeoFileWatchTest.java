package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeoFileWatchTest {
  private static final Instant BUILT_AT = Instant.parse("2026-01-05T17:30:00Z");
  private static final Map<String, Instant> BUILT = Map.of("city", BUILT_AT, "asn", BUILT_AT);

  @TempDir Path folder;
  private Path city;
  private GeoFileWatch watch;

  @BeforeEach
  void start() throws IOException {
    city = Files.writeString(folder.resolve("city.mmdb"), "one");
    Files.setLastModifiedTime(city, FileTime.from(BUILT_AT));
    Path asn = Files.writeString(folder.resolve("asn.mmdb"), "one");
    watch = new GeoFileWatch(new Config.Geoip(city, asn, null));
  }

  @Test
  void namesTheDatabasesInUse_withTheDayOfTheirBuild() {
    assertThat(watch.inUse(BUILT))
        .hasSize(2)
        .element(0)
        .asString()
        .matches("geoip\\.city: .*city\\.mmdb\", which was built on 2026-01-05");
    assertThat(new GeoFileWatch(new Config.Geoip(null, null, null)).inUse(BUILT)).isEmpty();
  }

  @Test
  void saysOnceThatAFileHasChanged_andWhichDatabaseStaysInUse() throws IOException {
    assertThat(watch.replaced(BUILT)).isEmpty();
    Files.writeString(city, "another");
    assertThat(watch.replaced(BUILT))
        .singleElement()
        .asString()
        .startsWith("geoip.city: the file ")
        .contains("built on 2026-01-05 stays in use; restart this instance to use the new file");
    assertThat(watch.replaced(BUILT)).isEmpty();
  }

  @Test
  void noticesAFileOfTheSameSize() throws IOException {
    Files.setLastModifiedTime(city, FileTime.from(BUILT_AT.plusSeconds(1)));
    assertThat(watch.replaced(BUILT)).hasSize(1);
  }

  @Test
  void waitsForAFileThatIsAway() throws IOException {
    Files.delete(city);
    assertThat(watch.replaced(BUILT)).isEmpty();
    Files.writeString(city, "another");
    assertThat(watch.replaced(BUILT)).hasSize(1);
  }
}
