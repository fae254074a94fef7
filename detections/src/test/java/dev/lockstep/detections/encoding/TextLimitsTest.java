package dev.lockstep.detections.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Request;
import org.junit.jupiter.api.Test;

final class TextLimitsTest {
  private static Activity call(String address) {
    return ActivityBuilder.call(ActivityBuilder.at("2026-11-19T10:00:00Z"))
        .id("1d7cf0a4-8f5c-4a2e-9a2b-0a4f5d6e7f80")
        .subscription("s")
        .from(address)
        .build();
  }

  @Test
  void changesNothing_whereEveryTextIsShort() {
    Activity call = call("10.1.0.1");
    assertThat(TextLimits.cut(call)).isFalse();
    assertThat(call).isEqualTo(call("10.1.0.1"));
  }

  @Test
  void cutsALongText_andTellsSo() {
    Activity call = call("a".repeat(TextLimits.ID + 1));
    assertThat(TextLimits.cut(call)).isTrue();
    assertThat(call.getAddress()).hasSize(TextLimits.ID).startsWith("aaa").contains("…");
  }

  @Test
  void keepsAPath_asLongAsIngestLetsItBe() {
    Request request = Request.newBuilder().setPath("/" + "p".repeat(TextLimits.PATH - 1)).build();
    Activity call = call("10.1.0.1");
    call.setRequest(request);
    assertThat(TextLimits.cut(call)).isFalse();
    request.setPath("/" + "p".repeat(TextLimits.PATH));
    assertThat(TextLimits.cut(call)).isTrue();
    assertThat(request.getPath()).hasSize(TextLimits.PATH).endsWith("…");
  }
}
