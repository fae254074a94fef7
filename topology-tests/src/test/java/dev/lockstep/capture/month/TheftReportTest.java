package dev.lockstep.capture.month;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TheftReportTest {
  @Test
  void countsAThief_whoseAddressIsInAFindingOfTheVictim() throws Exception {
    List<String> thefts =
        List.of(
            MonthThieves.HEADER,
            "ana,2026-10-05T16:00:00Z,SESSION,PRIVATE_VPN,11.0.0.1",
            "ben,2026-10-05T17:00:00Z,SESSION,PRIVATE_VPN,11.0.0.1",
            "ana,2026-10-05T18:00:00Z,SESSION,HOME_ABROAD,11.0.0.2");
    List<String> found =
        List.of(
            "{\"rule\":\"token-replay\",\"severity\":\"High\",\"principal\":{\"id\":\"ana\"},"
                + "\"evidence\":[{\"ip\":\"11.0.0.9\"},{\"ip\":\"11.0.0.1\"}]}",
            "{\"rule\":\"impossible-travel\",\"severity\":\"Low\",\"principal\":{\"id\":\"ana\"},"
                + "\"evidence\":[{\"ip\":\"11.0.0.1\"},{\"ip\":\"11.0.0.2\"}]}");
    assertThat(TheftReport.lines(thefts, found))
        .containsExactly(
            "    1 of     1     0  HOME_ABROAD {impossible-travel=1}",
            "    1 of     1     0  HOME_ABROAD SESSION {impossible-travel=1}",
            "    1 of     2     1  PRIVATE_VPN {impossible-travel=1, token-replay=1}",
            "    1 of     2     1  PRIVATE_VPN SESSION {impossible-travel=1, token-replay=1}",
            "    2 of     3     1  all {impossible-travel=2, token-replay=1}");
  }
}
