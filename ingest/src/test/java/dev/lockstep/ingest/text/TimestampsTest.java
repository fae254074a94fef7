package dev.lockstep.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.text.Timestamps;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  private static final String SEED = "20251114";
  private static final DateTimeFormatter US_HALF_DAYS =
      DateTimeFormatter.ofPattern("M/d/uuuu h:mm:ss a", Locale.US).withZone(ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "2022-01-24T05:10:14.1875602Z, 2022-01-24T05:10:14.187Z",
    "2022-01-24T09:41:00Z, 2022-01-24T09:41:00Z",
    "2022-01-24T09:41:00.22Z, 2022-01-24T09:41:00.220Z",
    "2022-01-24T09:41:00.123456789Z, 2022-01-24T09:41:00.123Z",
    "2022-01-24T09:41:00+00:00, 2022-01-24T09:41:00Z",
    "2022-01-24T09:41:00-05:00, 2022-01-24T14:41:00Z",
    "2022-01-24T09:41:00.5+0200, 2022-01-24T07:41:00.500Z",
    "2007-01-09T09:41:00, 2007-01-09T09:41:00Z",
    "2007-01-09 09:41:00, 2007-01-09T09:41:00Z",
    "2007-01-09t09:41:00z, 2007-01-09T09:41:00Z",
    "2007-01-09T09:41Z, 2007-01-09T09:41:00Z",
    "2026-07-17T8:48:50.361Z, 2026-07-17T08:48:50.361Z",
    "2021-02-04T07: 45: 44.5864815Z, 2021-02-04T07:45:44.586Z",
    "11/14/2025 1:48:53 AM, 2025-11-14T01:48:53Z",
    "12/12/2025 3:03:58 PM, 2025-12-12T15:03:58Z",
    "12/12/2025 12:03:58 AM, 2025-12-12T00:03:58Z",
    "12/12/2025 12:03:58 pm, 2025-12-12T12:03:58Z",
    "01/09/2007 09:41:00, 2007-01-09T09:41:00Z",
    "04/05/2022 23:54:00, 2022-04-05T23:54:00Z",
    "1/9/2007 10:41:00 AM +01:00, 2007-01-09T09:41:00Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    "/Date(1735787045123)/, 2025-01-02T03:04:05.123Z",
    "0001-01-01T00:00:00, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z, 9999-12-31T23:59:59.999Z",
  })
  void reads_everyFormAzureWrites(String text, String instant) {
    assertThat(Timestamps.parse(text)).isEqualTo(Instant.parse(instant).toEpochMilli());
  }

  @ParameterizedTest
  @CsvSource({
    "2022-01-24T05:10:14.1875602Z, 2022-01-24T05:10:14.187560200Z",
    "2022-01-24T05:10:14.187560200Z, 2022-01-24T05:10:14.187560200Z",
    "2022-01-24T00:10:14.1875602-05:00, 2022-01-24T05:10:14.187560200Z",
    "2022-01-24T05:10:14.123456789Z, 2022-01-24T05:10:14.123456789Z",
    "2022-01-24 05: 10: 14. 1875602 Z, 2022-01-24T05:10:14.187560200Z",
    "1/24/2022 5:10:14.1875602 AM, 2022-01-24T05:10:14.187560200Z",
    "2022-01-24T05:10:14.000Z, 2022-01-24T05:10:14Z",
    "2022-01-24T05:10:14+00:00, 2022-01-24T05:10:14Z",
    "2022-01-24T05:10Z, 2022-01-24T05:10:00Z",
    "1969-12-31T23:59:59.9999999Z, 1969-12-31T23:59:59.999999900Z",
    "/Date(1735787045123)/, 2025-01-02T03:04:05.123Z",
  })
  void tellsTheInstantWithItsWholeFraction(String text, String instant) {
    assertThat(Timestamps.instant(text)).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "/Date()/",
        "/Date(",
        "/Date(-1)/",
        "/Date(1735787045123)",
        "/Date(999999999999999)/",
        "2020-10-14T17:xx:xx.xx",
        "2020-10-14",
        "2023-02-29T00:00:00Z",
        "2020-13-01T00:00:00Z",
        "14/11/2025 1:48:53 AM",
        "11/14/2025 13:48:53 PM",
        "11/14/2025 0:48:53 AM",
        "11/14/25 1:48:53 AM",
        "2020-10-14T24:00:00Z",
        "2020-10-14T10:60:00Z",
        "2020-10-14T10:00:60Z",
        "2020-10-14T10:00:00.1234567890Z",
        "2020-10-14T10:00:00+25:00",
        "2020-10-14T10:00:00Z and more",
        "1762070400",
        "20201014T100000Z",
      })
  void refuses_whatIsNoTime(String text) {
    assertThat(Timestamps.parse(text)).isEqualTo(Timestamps.UNREADABLE);
  }

  @Property(tries = 300, seed = SEED)
  void reads_anyInstantAsTheJdkWritesIt(
      @ForAll @LongRange(min = -60_000_000_000_000L, max = 250_000_000_000_000L) long millis,
      @ForAll @IntRange(min = -17, max = 17) int hours) {
    Instant instant = Instant.ofEpochMilli(millis);
    long seconds = Math.floorDiv(millis, 1000L) * 1000L;
    assertThat(Timestamps.parse(instant.toString())).isEqualTo(millis);
    assertThat(Timestamps.parse(instant.atOffset(ZoneOffset.ofHours(hours)).toString()))
        .isEqualTo(millis);
    assertThat(Timestamps.parse(US_HALF_DAYS.format(instant))).isEqualTo(seconds);
  }

  @Property(tries = 1000, seed = SEED)
  void endsQuietly_onAnyText(@ForAll String text) {
    Timestamps.parse(text);
    Timestamps.parse("2020-10-14T" + text);
    Timestamps.parse("1/2/2020 " + text);
  }

  /** A blank behind it sends a time the longer way. */
  @Property(tries = 2_000, seed = SEED)
  void readsTheUsualForm_asTheLongerWayDoes(
      @ForAll @LongRange(min = -62_135_596_800_000L, max = 253_402_300_799_999L) long millis,
      @ForAll @IntRange(min = 0, max = 10) int digits,
      @ForAll @IntRange(min = 0, max = 40) int place,
      @ForAll("charactersOfTimes") char other) {
    String seconds = Instant.ofEpochSecond(Math.floorDiv(millis, 1000L)).toString();
    String fraction = digits == 0 ? "" : "." + "1234567890".substring(0, digits);
    String time = seconds.substring(0, seconds.length() - 1) + fraction + "Z";
    assertThat(Timestamps.parse(time)).isEqualTo(Timestamps.parse(time + " "));
    String offset = seconds.substring(0, seconds.length() - 1) + fraction + "+00:00";
    assertThat(Timestamps.parse(offset)).isEqualTo(Timestamps.parse(time));
    StringBuilder broken = new StringBuilder(time);
    broken.setCharAt(place % time.length(), other);
    assertThat(Timestamps.parse(broken.toString())).isEqualTo(Timestamps.parse(broken + " "));
  }

  @Provide
  Arbitrary<Character> charactersOfTimes() {
    return Arbitraries.chars().with("0123456789-:.TZtz/ +x");
  }
}
