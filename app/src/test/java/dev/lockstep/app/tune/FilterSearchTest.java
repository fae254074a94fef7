package dev.lockstep.app.tune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.field.SigmaFields;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Filters that remove findings closed as false, and none that is closed as true. */
class FilterSearchTest {
  private static final FilterField USER =
      FilterField.of(SigmaFields.bundled(), "signinlogs").get(0);

  private static FilterSearch.Shown finding(
      String id, @Nullable Classification closing, String... users) {
    return new FilterSearch.Shown(
        id, closing, Arrays.stream(users).map(user -> Map.of(USER, List.of(user))).toList());
  }

  private static List<String> filters(FilterSearch.Shown... findings) {
    return new FilterSearch(List.of(findings))
        .filters().stream().map(FilterSearch.Filter::words).toList();
  }

  @Test
  void joinsFiltersOfOneField() {
    assertThat(
            filters(
                finding("1", Classification.FALSE_POSITIVE, "a"),
                finding("2", Classification.FALSE_POSITIVE, "b"),
                finding("3", Classification.TRUE_POSITIVE, "a", "c")))
        .containsExactly("userPrincipalName: a or b");
  }

  @Test
  void keepsThemApart_whereTogetherTheyRemoveAFindingThatIsClosedAsTrue() {
    assertThat(
            filters(
                finding("1", Classification.FALSE_POSITIVE, "a"),
                finding("2", Classification.FALSE_POSITIVE, "b"),
                finding("3", Classification.TRUE_POSITIVE, "a", "b")))
        .containsExactlyInAnyOrder("userPrincipalName: a", "userPrincipalName: b");
  }
}
