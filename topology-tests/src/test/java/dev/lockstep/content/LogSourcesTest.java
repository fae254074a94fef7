package dev.lockstep.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.field.LogSourceScope;
import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.category.CategoryGroup;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Log sources of Sigma rules and the log categories that are read. */
final class LogSourcesTest {
  @Test
  void signInLogs_areAllSignInsThatAreRead() {
    List<String> read =
        Stream.of(Category.values())
            .filter(each -> each.group == CategoryGroup.SIGN_IN)
            .map(each -> each.spelling)
            .toList();
    assertThat(LogSourceScope.SIGN_IN.categories())
        .as("categories of SIGN_IN in LogSourceScope: those of the group SIGN_IN in Category")
        .containsExactlyInAnyOrderElementsOf(read);
  }

  @Test
  void everyCategoryOfALogSource_isRead() {
    for (LogSourceScope scope : LogSourceScope.values()) {
      assertThat(scope.categories()).as(scope.name()).allMatch(each -> Category.of(each) != null);
    }
  }
}
