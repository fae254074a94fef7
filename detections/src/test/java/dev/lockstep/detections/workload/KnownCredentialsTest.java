package dev.lockstep.detections.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Words for what a workload used before, as a finding's gates show them. */
class KnownCredentialsTest {
  @Test
  void areReadAtOnce() {
    assertThat(
            new KnownCredentials(
                    7, Set.of(CredentialKind.CERTIFICATE), Set.of("k1"), Set.of("unknown"), false)
                .shown())
        .isEqualTo("certificate (1 key, networks: unknown)");
    assertThat(new KnownCredentials(7, Set.of(), Set.of(), Set.of(), false).shown())
        .isEqualTo("none (0 keys, networks: none)");
  }
}
