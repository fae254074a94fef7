package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Delegation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Claims of a token about delegation, collected while its record is read: {@code azpacr}, {@code
 * appidacr}, {@code xms_act_fct}, {@code xms_sub_fct} and {@code xms_par_app_azp}. The claim {@code
 * azp} is a field of {@link LinkFields}.
 *
 * <p>A number may be written as a text; a list is an array, or a text with whole numbers between
 * other characters. Anything else counts as absent, and as the flaw {@link Flaw#BAD_DELEGATION}.
 */
final class DelegationFields {
  private static final int MOST_FACETS = 16;
  private static final int MOST_DIGITS = 9;

  private int azpacr = -1;
  private int appidacr = -1;
  private List<Integer> actorFacets = List.of();
  private List<Integer> subjectFacets = List.of();
  private @Nullable String parentApp;

  boolean take(Key key, JsonParser json, IdReader ids) throws IOException {
    switch (key) {
      case AZPACR -> azpacr = number(azpacr, json, ids);
      case APPIDACR -> appidacr = number(appidacr, json, ids);
      case ACTFCT -> actorFacets = facets(actorFacets, json, ids);
      case SUBFCT -> subjectFacets = facets(subjectFacets, json, ids);
      case PARAPP -> parentApp = ids.lastGuid(parentApp, json);
      default -> {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the delegation that the claims describe, or null if there is no claim about a
   * delegation.
   *
   * @param azp application that presented the token, by the claim {@code azp}
   * @param elseAppId application by the claim {@code appid}, used with other delegation claims
   *     only, since alone it shows no delegation
   * @return null if none of the claims is there
   */
  @Nullable Delegation delegation(@Nullable String azp, @Nullable String elseAppId) {
    int clientAuth = azpacr >= 0 ? azpacr : appidacr;
    if (azp == null
        && clientAuth < 0
        && actorFacets.isEmpty()
        && subjectFacets.isEmpty()
        && parentApp == null) {
      return null;
    }
    Delegation delegation = new Delegation();
    delegation.setAuthorizedParty(azp != null ? azp : elseAppId);
    delegation.setClientAuth(clientAuth);
    delegation.setActorFacets(actorFacets);
    delegation.setSubjectFacets(subjectFacets);
    delegation.setParentApp(parentApp);
    return delegation;
  }

  /**
   * Reads the number that tells how an application authenticated, such as the claim {@code azpacr}.
   *
   * @param earlier number that was read before; negative if there was none
   * @return the earlier number if there is one, or else the one at the parser; negative if there is
   *     neither
   */
  static int number(int earlier, JsonParser json, IdReader ids) throws IOException {
    if (json.currentToken().isStructStart()) {
      ids.skip(json, Flaw.BAD_DELEGATION);
      return earlier;
    }
    String text = Scalars.text(json);
    int number = (int) Scalars.digits(text, Integer.MAX_VALUE);
    if (text != null && number < 0) {
      ids.record(Flaw.BAD_DELEGATION);
    }
    return earlier >= 0 ? earlier : number;
  }

  private static List<Integer> facets(List<Integer> earlier, JsonParser json, IdReader ids)
      throws IOException {
    JsonToken token = json.currentToken();
    List<Integer> read = new ArrayList<>();
    if (token == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        add(json, read, json.currentToken() == JsonToken.VALUE_NUMBER_INT, ids);
      }
    } else {
      add(json, read, false, ids);
    }
    return earlier.isEmpty() && !read.isEmpty() ? read : earlier;
  }

  private static void add(JsonParser json, List<Integer> facets, boolean number, IdReader ids)
      throws IOException {
    JsonToken token = json.currentToken();
    if (!number && token != JsonToken.VALUE_STRING) {
      ids.skip(json, Flaw.BAD_DELEGATION);
      return;
    }
    String text = Scalars.text(json);
    if (text != null && !text.equals("[]") && !addNumbers(text, facets)) {
      ids.record(Flaw.BAD_DELEGATION);
    }
  }

  private static boolean addNumbers(String text, List<Integer> facets) {
    boolean any = false;
    int i = 0;
    while (i < text.length()) {
      int from = i;
      while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
        i++;
      }
      if (i > from && i - from <= MOST_DIGITS) {
        any = true;
        Integer facet = Integer.parseInt(text, from, i, 10);
        if (facets.size() < MOST_FACETS && !facets.contains(facet)) {
          facets.add(facet);
        }
      }
      i++;
    }
    return any;
  }
}
