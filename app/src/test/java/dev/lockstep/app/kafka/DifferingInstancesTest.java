package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.MemberAssignment;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.Test;

final class DifferingInstancesTest {
  private static final String MINE = "settings-00112233aabb";

  private static MemberDescription member(String clientId, String host) {
    return new MemberDescription(
        "m",
        Optional.of("i"),
        Optional.empty(),
        clientId,
        host,
        new MemberAssignment(Set.of()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void namesTheHosts_ofMembersWithAnotherMark() {
    assertThat(
            DifferingInstances.warning(
                List.of(
                    member("lockstep.detect-" + MINE + "-a-StreamThread-1-consumer", "/10.0.0.1"),
                    member("lockstep.detect-settings-ffeeddccbbaa-b-StreamThread-1", "/10.0.0.3"),
                    member("lockstep.detect-settings-ffeeddccbbaa-b-StreamThread-2", "/10.0.0.3"),
                    member("lockstep.detect-settings-ffeeddccbb00-c-StreamThread-2", "/10.0.0.2")),
                MINE))
        .startsWith("detect: the instances at 10.0.0.2, 10.0.0.3 have other settings");
  }

  @Test
  void namesOneHost_inTheSingular() {
    assertThat(
            DifferingInstances.warning(
                List.of(member("x-settings-ffeeddccbbaa-b-StreamThread-1", "/10.0.0.3")), MINE))
        .startsWith("detect: the instance at 10.0.0.3 has other settings");
  }

  @Test
  void readsTheMark_behindATopicPrefixThatLooksLikeOne() {
    String client = "settings-of-a-tenant.detect-%s-6f9619ff-8b86-d011-b42d-00c04fc964ff-1";
    assertThat(
            DifferingInstances.warning(
                List.of(
                    member(client.formatted(MINE), "/10.0.0.1"),
                    member(client.formatted("settings-ffeeddccbbaa"), "/10.0.0.3")),
                MINE))
        .startsWith("detect: the instance at 10.0.0.3 has other settings");
  }

  @Test
  void saysNothing_ofTheSameMark_andOfMembersWithoutAMark() {
    assertThat(
            DifferingInstances.warning(
                List.of(
                    member("x-" + MINE + "-a", "/10.0.0.1"),
                    member("me", "/10.0.0.2"),
                    member("settings-1", "/10.0.0.2")),
                MINE))
        .isNull();
  }
}
