package dev.lockstep.rules.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import org.junit.jupiter.api.Test;

final class ActivityBuilderTest {
  @Test
  void buildsAnActivityOfItsOwn_eachTime() {
    ActivityBuilder builder = ActivityBuilder.signIn("ana", "2026-11-19T10:00:00Z");
    Activity first = builder.from("8.8.8.8").build();
    Activity second = builder.from("9.9.9.9").nonInteractive().build();
    assertThat(first.getAddress()).isEqualTo("8.8.8.8");
    assertThat(first.getCategory()).isEqualTo("SignInLogs");
    assertThat(second.getAddress()).isEqualTo("9.9.9.9");
    assertThat(second.getPrincipal()).isEqualTo(first.getPrincipal());
  }
}
