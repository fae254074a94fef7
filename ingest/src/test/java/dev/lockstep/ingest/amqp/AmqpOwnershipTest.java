package dev.lockstep.ingest.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.PartitionOwnership;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AmqpOwnershipTest {
  private long now = 1_000_000;
  private int balanced;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final List<String> anothers = new ArrayList<>();
  private final AmqpOwnership.Watcher watcher =
      new AmqpOwnership.Watcher() {
        @Override
        public void balanced() {
          balanced++;
        }

        @Override
        public void recordOtherOwner(String partition) {
          anothers.add(partition);
        }
      };
  private final AmqpOwnership ownership = new AmqpOwnership(null, clock, watcher);

  AmqpOwnershipTest() {
    ownership.iAm("us");
  }

  @Test
  void keepsWhatIsClaimed_withATagAndATime() {
    claim("0", "1");
    assertThat(owners()).containsExactly("us", "us");
    assertThat(list())
        .allSatisfy(
            each -> {
              assertThat(each.getETag()).isNotEmpty();
              assertThat(each.getLastModifiedTime()).isEqualTo(now);
            });
    assertThat(balanced).isEqualTo(1);
    assertThat(ownership.isOurs("ns", "hub", "group", "1")).isTrue();
    assertThat(ownership.isOurs("ns", "hub", "group", "2")).isFalse();
  }

  @Test
  void showsAPartitionThatFellAsFree_afterItsRest() {
    claim("0", "1");
    ownership.recordLost("1", 5_000);
    assertThat(owners()).containsExactly("us", "us");
    now += 5_000;
    assertThat(owners()).containsExactly("us", "");
    assertThat(ownership.isOurs("ns", "hub", "group", "1")).isTrue();
  }

  @Test
  void showsItAsFreeAgain_whereAClaimBeganNothing() {
    claim("0");
    ownership.recordLost("0", 0);
    claim("0");
    assertThat(owners()).containsExactly("us");
    now += 3_000;
    assertThat(owners()).containsExactly("");
    claim("0");
    ownership.begun("0");
    now += 60_000;
    assertThat(owners()).containsExactly("us");
  }

  @Test
  void tellsWhatIsAnothers_whereInstancesShareAStore() {
    claim("0", "1");
    assertThat(owners()).containsExactly("us", "us");
    assertThat(anothers).isEmpty();
    AmqpOwnership other = new AmqpOwnership(ownership, clock, watcher);
    other.iAm("them");
    assertThat(other.listOwnership("ns", "hub", "group").collectList().block()).hasSize(2);
    assertThat(anothers).containsExactly("0", "1");
  }

  @Test
  void namesItsClaims_butNoneThatAnotherInstanceOwns() {
    assertThat(ownership.claimed()).isEmpty();
    claim("0", "1");
    AmqpOwnership other = new AmqpOwnership(ownership, clock, watcher);
    other.iAm("them");
    other.claimOwnership(list()).collectList().block();
    assertThat(other.claimed()).containsExactlyInAnyOrder("0", "1");
    assertThat(other.listOwnership("ns", "hub", "group").collectList().block()).hasSize(2);
    assertThat(other.claimed()).isEmpty();
    ownership.recordLost("1", 0);
    assertThat(ownership.claimed()).containsExactlyInAnyOrder("0", "1");
  }

  @Test
  void neverGivesACheckpoint_forThePositionsAreInTheTarget() {
    claim("0");
    assertThat(ownership.listCheckpoints("ns", "hub", "group").collectList().block()).isEmpty();
  }

  private void claim(String... partitions) {
    List<PartitionOwnership> wanted =
        List.of(partitions).stream()
            .map(
                partition ->
                    new PartitionOwnership()
                        .setFullyQualifiedNamespace("ns")
                        .setEventHubName("hub")
                        .setConsumerGroup("group")
                        .setPartitionId(partition)
                        .setOwnerId("us"))
            .toList();
    ownership.claimOwnership(wanted).collectList().block();
  }

  private List<PartitionOwnership> list() {
    return Objects.requireNonNull(
        ownership.listOwnership("ns", "hub", "group").collectList().block());
  }

  private List<String> owners() {
    return list().stream().map(PartitionOwnership::getOwnerId).toList();
  }
}
