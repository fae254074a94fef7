package dev.lockstep.app.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Records on which each rule of {@link StrangersJar#ofEachKind} fires once, with their networks.
 */
final class StrangersCapture {
  static final String SWITCHES = "11110000-0000-4000-8000-000000000001";
  static final String CALLS = "11110000-0000-4000-8000-000000000002";
  static final String MOVES = "11110000-0000-4000-8000-000000000003";

  /** The address that tries passwords of four users. */
  static final String SPRAYS = "198.51.100.77";

  private static final String LONDON = "203.0.113.7";
  private static final String BERLIN = "198.51.100.7";
  private static final Instant BEGIN = Instant.parse("2026-11-02T08:00:00Z");

  private final List<String> records = new ArrayList<>();

  private StrangersCapture() {}

  /** Returns the records, one a line. */
  static List<String> lines() {
    StrangersCapture capture = new StrangersCapture();
    for (int day = 0; day < 8; day++) {
      capture.signIn(MOVES, day, 0, LONDON, 0);
    }
    capture.signIn(MOVES, 10, 0, BERLIN, 0);
    capture.signIn(SWITCHES, 10, 0, LONDON, 0);
    capture.signIn(SWITCHES, 10, 20, BERLIN, 0);
    for (int user = 0; user < 4; user++) {
      capture.signIn("22220000-0000-4000-8000-00000000000" + user, 10, user, SPRAYS, 50_126);
    }
    capture.call(CALLS, 10, 30, LONDON);
    return capture.records;
  }

  /** Writes records and networks into a folder. */
  static Path write(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("networks.csv"),
        """
        cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
        203.0.113.0/24,,GB,,,,,64501,Home Fibre
        198.51.100.0/24,,DE,,,,,64502,Spree Net
        """);
    return Files.write(folder.resolve("capture.jsonl"), lines());
  }

  private void signIn(String user, int day, int minute, String address, int error) {
    Instant at = BEGIN.plusSeconds(86_400L * day + 60L * minute);
    records.add(
        """
        {"time":"%1$s","category":"SignInLogs","properties":{"id":"s%2$d","createdDateTime":"%1$s",\
        "userId":"%3$s","userPrincipalName":"someone@contoso.example","ipAddress":"%4$s",\
        "status":{"errorCode":%5$d}}}"""
            .formatted(at, records.size(), user, address, error));
  }

  private void call(String user, int day, int minute, String address) {
    Instant at = BEGIN.plusSeconds(86_400L * day + 60L * minute);
    String link =
        """
        {\\"v\\":1,\\"correlationId\\":\\"c1\\",\\"uti\\":\\"6f0e2b9c-0000-4000-8000-000000000001\\",\
        \\"oid\\":\\"%s\\",\\"idtyp\\":\\"user\\",\\"validated\\":true}"""
            .formatted(user);
    records.add(
        """
        {"category":"GatewayLogs","time":"%s","correlationId":"c1","callerIpAddress":"%s",\
        "properties":{"responseCode":200,"traceRecords":[{"source":"lockstep","message":"%s"}]}}"""
            .formatted(at, address, link));
  }
}
