package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BearerTokenTest {
  @Test
  void neverShowsAToken() {
    assertThat(new BearerToken("s3cret")).asString().doesNotContain("s3cret");
    assertThatThrownBy(() -> new BearerToken("s3cret\r\nX: y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret");
    assertThat(AzureTokens.clientSecret(Cloud.PUBLIC, "tenant", "client", "s3cret"))
        .asString()
        .doesNotContain("s3cret");
  }
}
