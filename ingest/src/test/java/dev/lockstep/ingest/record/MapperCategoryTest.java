package dev.lockstep.ingest.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import org.junit.jupiter.api.Test;

/**
 * A second category of a group, for which any category of another group stands here, keeps its own
 * name through the group's mapper.
 */
class MapperCategoryTest {
  private static final Category SECOND = Category.NETWORK_ACCESS;
  private static final Slice SLICE =
      new Slice(new byte[] {'{', '}'}, 0, 2, Origin.file("a.jsonl", 1, 0), null);

  private final RecordFields fields = new RecordFields();

  MapperCategoryTest() {
    fields.anyCategory = true;
    fields.categoryText = SECOND.spelling;
    fields.category = SECOND;
    fields.time = "2025-11-14T03:00:00Z";
    fields.operationName = "SecretGet";
    fields.correlationId = "c-1";
  }

  @Test
  void anActivityHasTheCategoryOfItsRecord() {
    assertThat(category(VaultMapper.map(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
    assertThat(category(CallMapper.call(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
    assertThat(category(AuditMapper.ofDirectory(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
    assertThat(category(AuditMapper.ofResource(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
  }

  @Test
  void aRejectionHasTheCategoryOfItsRecord() {
    fields.time = null;
    assertThat(rejected(VaultMapper.map(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
    assertThat(rejected(CallMapper.call(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
    assertThat(rejected(AuditMapper.ofDirectory(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
    assertThat(rejected(AuditMapper.ofResource(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
    fields.correlationId = null;
    assertThat(rejected(CallMapper.call(SECOND, fields, SLICE))).isEqualTo(SECOND.spelling);
  }

  private static String category(Outcome outcome) {
    return ((Outcome.Mapped) outcome).activity().getCategory();
  }

  private static String rejected(Outcome outcome) {
    return ((Outcome.Rejected) outcome).letter().getCategory();
  }
}
