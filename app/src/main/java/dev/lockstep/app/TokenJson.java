package dev.lockstep.app;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.detections.Subject;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.TokenUse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The part of an explanation that is about a token, as JSON. */
final class TokenJson {
  private final JsonGenerator json;
  private final ExplainScope scope;

  TokenJson(JsonGenerator json, ExplainScope scope) {
    this.json = json;
    this.scope = scope;
  }

  void write(TokenExplanation token, Explanation explanation) throws IOException {
    json.writeStartObject();
    json.writeStringField("token", token.token());
    json.writeBooleanField("signInSeen", token.signInSeen());
    json.writeBooleanField("awaitsSignIn", token.awaitsSignIn());
    json.writeBooleanField("unmatched", token.unmatched());
    json.writeBooleanField("overflow", token.overflow());
    if (explanation.subject().kind() == Subject.Kind.TOKEN) {
      json.writeArrayFieldStart("expiresAt");
      for (long end : explanation.witness().expiries()) {
        json.writeString(JsonView.instant(end));
      }
      json.writeEndArray();
    }
    json.writeArrayFieldStart("uses");
    for (TokenUse use : token.uses()) {
      use(use);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("comparisons");
    for (TokenExplanation.Comparison one : token.comparisons()) {
      if (scope.includes(one.date())) {
        comparison(one, token.uses());
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void use(TokenUse use) throws IOException {
    json.writeStartObject();
    json.writeStringField("use", use.getKind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    ExplainJson.span(json, use.getFirst(), use.getLast());
    ExplainJson.text(json, "oid", use.getOid());
    if (use.getPrincipal() != null) {
      json.writeFieldName("principal");
      JsonView.write(use.getPrincipal(), json);
    }
    if (use.getSpot() != null) {
      ExplainJson.spot(json, use.getSpot());
    }
    json.writeBooleanField("afterExpiry", use.getAfterExpiry());
    json.writeEndObject();
  }

  private void comparison(TokenExplanation.Comparison one, List<TokenUse> uses) throws IOException {
    json.writeStartObject();
    json.writeStringField("date", one.date().toString());
    if (one.earlier() != null) {
      json.writeNumberField("earlier", index(uses, one.earlier()));
    }
    json.writeNumberField("later", index(uses, one.later()));
    json.writeStringField("line", one.line());
    ExplainJson.conclusion(json, one.conclusion());
    ExplainJson.gates(json, one.gates());
    json.writeEndObject();
  }

  private static int index(List<TokenUse> uses, TokenUse use) {
    for (int i = 0; i < uses.size(); i++) {
      if (uses.get(i) == use) {
        return i;
      }
    }
    return -1;
  }
}
