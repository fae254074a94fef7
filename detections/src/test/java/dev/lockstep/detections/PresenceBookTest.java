package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.PresenceDay;
import dev.lockstep.schemas.PresenceEntry;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PresenceBookTest {
  private static final Principal ALICE = new Principal("alice", "alice@contoso.com", "user");
  private final PresenceDay page = PresenceBook.empty(ALICE);

  private static Presence at(
      String time, @Nullable String address, @Nullable String name, boolean unclaimed, String id) {
    long at = ActivityBuilder.at(time);
    Cited cited = new Cited("GatewayLogs", id, at, at, new Where("test", "hub", null, 0, 1L, 0));
    return new Presence(ALICE, address, "unknown", name, cited, unclaimed);
  }

  private static Presence call(String time, String id) {
    return at(time, "10.1.0.1", null, true, id);
  }

  @Test
  void keepsMinutesAndTheFirstEventOfEachHour() {
    PresenceBook book = new PresenceBook(256);
    book.note(page, at("2026-11-19T10:30:00Z", "10.1.0.1", null, false, "b"));
    book.note(page, at("2026-11-19T10:00:00Z", "10.1.0.1", null, false, "a"));
    PresenceBook.Noted again =
        book.note(page, at("2026-11-19T10:30:30Z", "10.1.0.1", null, false, "c"));
    assertThat(again.changed()).isFalse();
    assertThat(again.address()).isFalse();
    PresenceEntry entry = page.getEntries().get(0);
    assertThat(PresenceBook.minutes(entry).stream()).containsExactly(600, 630);
    assertThat(entry.getHours()).hasSize(1);
    assertThat(book.cited(entry.getHours().get(0)).getEventId()).isEqualTo("a");
  }

  @Test
  void keepsTheSameAddressesOfTooMany_inAnyOrder_andTheNamesAside() {
    List<Presence> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(at("2026-11-19T10:30:00Z", "10.1.0." + i, "a" + i % 3 + "@b", false, "e" + i));
    }
    List<String> first = null;
    Random random = new Random(3);
    for (int order = 0; order < 10; order++) {
      PresenceDay day = PresenceBook.empty(ALICE);
      PresenceBook book = new PresenceBook(5);
      all.forEach(presence -> book.note(day, presence));
      List<String> kept = day.getEntries().stream().map(PresenceEntry::getHandle).sorted().toList();
      assertThat(kept).hasSize(8).contains("a0@b", "a1@b", "a2@b");
      assertThat(day.getOverflow()).isTrue();
      first = first == null ? kept : first;
      assertThat(kept).as("order %d", order).isEqualTo(first);
      Collections.shuffle(all, random);
    }
  }

  @Test
  void dropsAMinute_withTheLastCallThatIsTakenBack() {
    PresenceBook book = new PresenceBook(256);
    Presence one = call("2026-11-19T10:30:00Z", "one");
    Presence two = call("2026-11-19T10:30:20Z", "two");
    book.note(page, one);
    book.note(page, two);
    assertThat(book.takeBack(page, one.cited())).isEmpty();
    assertThat(book.takeBack(page, one.cited())).isEmpty();
    assertThat(book.takeBack(page, two.cited())).hasSize(1);
    assertThat(page.getEntries()).isEmpty();
  }

  @Test
  void keepsAMinute_thatACallWithItsOwnClaimsHolds() {
    PresenceBook book = new PresenceBook(256);
    Presence one = call("2026-11-19T10:30:00Z", "one");
    book.note(page, one);
    book.note(page, at("2026-11-19T10:30:00Z", "10.1.0.1", null, false, "other"));
    assertThat(book.takeBack(page, one.cited())).isEmpty();
    assertThat(page.getEntries()).hasSize(1);
  }

  @Test
  void keepsAMinute_ofMoreCallsThanItTellsApart() {
    PresenceBook book = new PresenceBook(256);
    List<Presence> calls = new ArrayList<>();
    for (int i = 0; i <= PresenceBook.MOST_CALLS; i++) {
      calls.add(call("2026-11-19T10:30:00Z", "call " + i));
    }
    calls.forEach(each -> book.note(page, each));
    calls.forEach(each -> assertThat(book.takeBack(page, each.cited())).isEmpty());
    assertThat(page.getEntries()).hasSize(1);
  }
}
