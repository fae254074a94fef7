package dev.lockstep.detections.alert;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AlertCollectionTest {
  private static AlertOnSubject collected(List<Activity> records) {
    AlertCollection collection = new AlertCollection();
    records.forEach(record -> collection.add(ActivityBuilder.copy(record)));
    return collection.whole();
  }

  @Test
  void isTheUnionOfItsRecords_withTheHighestSeverity() {
    AlertOnSubject whole =
        collected(
            List.of(
                alert("a", "2026-11-19T10:00:00Z").severity(null).namesAccounts("bob").build(),
                alert("a", "2026-11-19T10:00:00Z").severity(Severity.High).title(" ").build(),
                alert("a", "2026-11-19T11:00:00Z")
                    .severity(Severity.Low)
                    .namesUpns("eve@contoso.com")
                    .namesAddresses("::ffff:10.1.0.1", "10.1.0.1:443", "no address")
                    .namesAccounts("alice")
                    .build()));
    assertThat(whole.alert().getSeverity()).isEqualTo(Severity.High);
    assertThat(whole.alert().getTitle()).isEqualTo("Suspicious a");
    assertThat(whole.alert().getAccounts()).containsExactly("alice", "bob");
    assertThat(whole.alert().getNames()).containsExactly("eve@contoso.com");
    assertThat(whole.alert().getAddresses()).containsExactly("10.1.0.1");
    assertThat(whole.times())
        .containsExactly(
            ActivityBuilder.at("2026-11-19T10:00:00Z"), ActivityBuilder.at("2026-11-19T11:00:00Z"));
    assertThat(whole.records()).hasSize(3);
  }

  @Test
  void isOwn_ifAnyRecordSaysSo() {
    AlertOnSubject whole =
        collected(
            List.of(
                alert("a", "2026-11-19T10:00:00Z").own().build(),
                alert("a", "2026-11-19T10:00:00Z").build()));
    assertThat(AlertCollection.whyNotCounted(whole.alert())).isEqualTo("own-alert");
  }

  @Test
  void isPending_withWhatIsNew_andNotWithACopy() {
    AlertCollection collection = new AlertCollection();
    Activity record = alert("a", "2026-11-19T10:00:00Z").namesAccounts("alice").build();
    assertThat(collection.add(record)).isTrue();
    collection.judged(true);
    assertThat(collection.add(record)).isFalse();
    assertThat(collection.isPending()).isFalse();
    assertThat(collection.add(alert("a", "2026-11-19T10:00:00Z").severity(Severity.High).build()))
        .isTrue();
    assertThat(collection.isPending()).isTrue();
  }

  @Test
  void isTheSameInAnyOrder_evenBeyondWhatIsKept() {
    List<Activity> records = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      records.add(
          alert("a", "2026-11-19T%02d:%02d:00Z".formatted(i / 60, i % 60))
              .title(i % 3 == 0 ? null : "title " + i)
              .namesAddresses("10.1.%d.%d".formatted(i / 250, i % 250))
              .namesAccounts("user" + i)
              .namesUpns("user" + i + "@contoso.com")
              .build());
    }
    AlertOnSubject first = collected(records);
    assertThat(first.alert().getAddresses()).hasSize(256);
    assertThat(first.alert().getAccounts()).hasSize(256);
    assertThat(first.times()).hasSize(256);
    Random random = new Random(7);
    for (int order = 0; order < 5; order++) {
      Collections.shuffle(records, random);
      AlertOnSubject other = collected(records);
      assertThat(other.alert()).as("order %d", order).isEqualTo(first.alert());
      assertThat(other.times()).as("order %d", order).isEqualTo(first.times());
    }
  }
}
