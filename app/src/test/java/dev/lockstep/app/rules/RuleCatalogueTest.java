package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleCatalogueTest {
  @ParameterizedTest
  @ValueSource(strings = {"directories", "topic", "setCap", "repeatSeconds"})
  void keepsTheKeysOfTheSection_fromTheIdsOfRules(String key) {
    assertThat(RuleCatalogue.holderOf(key))
        .isEqualTo("the key rules." + key + " of the configuration");
  }
}
