package dev.lockstep.app.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SubjectSearchTest {
  private static SubjectSearch search(Subject.Kind kind, String asked) {
    return new SubjectSearch(kind, asked, Enrichment.none());
  }

  private static Activity activity(
      ActivityKind kind, @Nullable Principal principal, @Nullable Token token) {
    Activity activity = new Activity();
    activity.setKind(kind);
    activity.setPrincipal(principal);
    activity.setToken(token);
    return activity;
  }

  private static Token token(@Nullable String uti, @Nullable String oid, boolean app) {
    Token token = new Token();
    token.setUti(uti);
    token.setOid(oid);
    token.setAppId("app-1");
    token.setAppOnly(app);
    return token;
  }

  @Test
  void finds_aUserByIdOrName_whateverTheCase() {
    Principal user = new Principal("0a1b", "Mia@contoso.example", "user");
    for (String asked : new String[] {"0A1B", "mia@CONTOSO.example"}) {
      SubjectSearch search = search(Subject.Kind.PRINCIPAL, asked);
      search.lookIn(activity(ActivityKind.API_CALL, new Principal("0a1b", null, "user"), null));
      search.lookIn(activity(ActivityKind.SIGN_IN, user, null));

      SubjectSearch.Found found = search.found(2);

      assertThat(found.subject()).isEqualTo(new Subject(Subject.Kind.PRINCIPAL, "0a1b"));
      assertThat(found.principals()).containsExactly(user);
    }
  }

  @Test
  void suggests_firstTheNamesThatContainTheText() {
    SubjectSearch search = search(Subject.Kind.PRINCIPAL, "Kruse");
    for (String name : List.of("malte.kruse2@contoso.example", "krusi", "house")) {
      search.lookIn(activity(ActivityKind.SIGN_IN, new Principal("0a1b", name, "user"), null));
    }

    assertThatThrownBy(() -> search.found(3))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("the nearest are \"malte.kruse2@contoso.example\", \"krusi\"");
  }

  @Test
  void suggests_noNameThatIsNotSimilar() {
    for (String asked : List.of("zzzzq", "xqwvy.zzz@contoso.example")) {
      SubjectSearch search = search(Subject.Kind.PRINCIPAL, asked);
      for (String name : List.of("ts-63f0a2", "mia@contoso.example", "fabrikam-prod")) {
        search.lookIn(activity(ActivityKind.SIGN_IN, new Principal(name, name, "user"), null));
      }
      assertThatThrownBy(() -> search.found(3))
          .isInstanceOf(OperatorException.class)
          .hasMessageEndingWith(
              "in the 3 records that were read; no similar name was found; check the"
                  + " spelling, and add the logs of the days in question");
    }
  }

  @Test
  void suggests_ofOneDomainOnlyThoseWithASimilarUser() {
    SubjectSearch search = search(Subject.Kind.PRINCIPAL, "nuria.krus@Contoso.example");
    for (String name : List.of("nuria.kruse@contoso.example", "okko.menke@contoso.example")) {
      search.lookIn(activity(ActivityKind.SIGN_IN, new Principal(name, name, "user"), null));
    }
    assertThatThrownBy(() -> search.found(2))
        .hasMessageEndingWith("the nearest is \"nuria.kruse@contoso.example\"");
  }

  @Test
  void suggests_theUserWhoseFirstOrLastNameIsMistyped() {
    for (String asked : List.of("nuira", "Krusse", "nuria.krus")) {
      SubjectSearch search = search(Subject.Kind.PRINCIPAL, asked);
      for (String name : List.of("nuria.kruse@contoso.example", "okko.menke@contoso.example")) {
        search.lookIn(activity(ActivityKind.SIGN_IN, new Principal(name, name, "user"), null));
      }
      assertThatThrownBy(() -> search.found(2))
          .hasMessageEndingWith("the nearest is \"nuria.kruse@contoso.example\"");
    }
  }

  @Test
  void lists_theVaultsOfTheEstate_ifNoneIsSimilar() {
    Enrichment enrichment =
        Enrichment.none()
            .with(
                Estate.of(
                    List.of(), List.of(), List.of(), List.of(new Vault("Contoso-KV", null, true))));
    assertThatThrownBy(() -> new SubjectSearch(Subject.Kind.RESOURCE, "zz", enrichment).found(0))
        .hasMessageEndingWith("the estate has the vaults \"contoso-kv\"");
  }

  @Test
  void finds_aWorkloadByItsAppId_andWhomOnlyALinkNames() {
    SubjectSearch byApp = search(Subject.Kind.PRINCIPAL, "APP-1");
    byApp.lookIn(
        activity(
            ActivityKind.SIGN_IN,
            new Principal("sp-1", "job", "workload"),
            token("t", null, true)));
    byApp.lookIn(
        activity(
            ActivityKind.SIGN_IN, new Principal("0a1b", "mia", "user"), token("u", null, false)));
    assertThat(byApp.found(2).subject()).isEqualTo(new Subject(Subject.Kind.PRINCIPAL, "sp-1"));

    SubjectSearch linked = search(Subject.Kind.PRINCIPAL, "0c2d");
    linked.lookIn(activity(ActivityKind.IDENTITY_LINK, null, token("t", "0c2d", false)));
    assertThat(linked.found(1).subject()).isEqualTo(new Subject(Subject.Kind.PRINCIPAL, "0c2d"));
  }

  @Test
  void lists_whoeverSharesAName() {
    SubjectSearch search = search(Subject.Kind.PRINCIPAL, "scanner");
    search.lookIn(activity(ActivityKind.SIGN_IN, new Principal("b", "Scanner", "workload"), null));
    search.lookIn(activity(ActivityKind.SIGN_IN, new Principal("a", "scanner", "user"), null));

    SubjectSearch.Found found = search.found(2);

    assertThat(found.subject()).isNull();
    assertThat(search.several(found.principals()))
        .hasSize(3)
        .satisfies(lines -> assertThat(lines.get(1)).contains("a").contains("user"));
  }

  @Test
  void says_whatIsNearest_toWhoIsNotThere() {
    SubjectSearch search = search(Subject.Kind.PRINCIPAL, "mia@contoso.exmple");
    search.lookIn(
        activity(ActivityKind.SIGN_IN, new Principal("0a1b", "mia@contoso.example", "user"), null));

    assertThatThrownBy(() -> search.found(1))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("mia@contoso.example")
        .hasMessageContaining("names no principal in the one record that was read");
  }

  @Test
  void saysOfAnIdThatOnlyAUserHas_thatItNamesNoWorkload() {
    SubjectSearch search = search(Subject.Kind.APPLICATION, "0a1b");
    search.lookIn(activity(ActivityKind.SIGN_IN, new Principal("0a1b", "mia", "user"), null));

    assertThatThrownBy(() -> search.found(1))
        .isInstanceOf(OperatorException.class)
        .hasMessage(
            "could not explain --app: \"0a1b\" names no workload in the one record that was read;"
                + " no workload at all was found there; add the logs of the days in question");
  }

  @Test
  void finds_aTokenByEachOfItsSpellings() {
    String guid = "9ec3ec1d-9d0d-4dee-b73b-49b9654bdc3f";
    for (String asked :
        new String[] {
          guid,
          "9EC3EC1D-9D0D-4DEE-B73B-49B9654BDC3F",
          "HezDng2d7k23O0m5ZUvcPw",
          "OWVjM2VjMWQtOWQwZC00ZGVlLWI3M2ItNDliOTY1NGJkYzNm"
        }) {
      SubjectSearch search = search(Subject.Kind.TOKEN, asked);
      search.lookIn(activity(ActivityKind.SIGN_IN, null, token(guid, null, false)));
      assertThat(search.found(1).subject()).isEqualTo(new Subject(Subject.Kind.TOKEN, guid));
    }
  }

  @Test
  void takes_anAddressInAnySpelling() {
    assertThat(search(Subject.Kind.ADDRESS, "::ffff:192.0.2.7").found(0).subject())
        .isEqualTo(new Subject(Subject.Kind.ADDRESS, "192.0.2.7"));
    assertThatThrownBy(() -> search(Subject.Kind.ADDRESS, "host.example"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void finds_aSession_andListsTheUsersWhoShareIt() {
    SubjectSearch search = search(Subject.Kind.SESSION, "S-1");
    search.lookIn(inSession("0a1b", "s-1 "));

    assertThat(search.found(1).subject()).isEqualTo(new Subject(Subject.Kind.SESSION, "0a1b s-1"));

    search.lookIn(inSession("0c2d", "S-1"));
    SubjectSearch.Found shared = search.found(2);

    assertThat(shared.subject()).isNull();
    assertThat(search.several(shared.principals()).get(0))
        .contains("--session")
        .contains("2 users");

    SubjectSearch of = search(Subject.Kind.SESSION, "0c2d S-1");
    of.lookIn(inSession("0a1b", "s-1"));
    of.lookIn(inSession("0c2d", "s-1"));
    assertThat(of.found(2).subject()).isEqualTo(new Subject(Subject.Kind.SESSION, "0c2d s-1"));
  }

  private static Activity inSession(String user, String session) {
    Token token = token(null, null, false);
    token.setSid(session);
    return activity(ActivityKind.SIGN_IN, new Principal(user, null, "user"), token);
  }

  @Test
  void finds_aVaultOfTheEstate_byNameAndByResource() {
    Enrichment enrichment =
        Enrichment.none()
            .with(
                Estate.of(
                    List.of(), List.of(), List.of(), List.of(new Vault("Contoso-KV", null, true))));
    for (String asked : new String[] {"contoso-kv", "/subscriptions/1/vaults/CONTOSO-KV"}) {
      assertThat(new SubjectSearch(Subject.Kind.RESOURCE, asked, enrichment).found(0).subject())
          .isEqualTo(new Subject(Subject.Kind.RESOURCE, "contoso-kv"));
    }
    assertThatThrownBy(
            () -> new SubjectSearch(Subject.Kind.RESOURCE, "contoso-kw", enrichment).found(0))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("the nearest is \"contoso-kv\"");
  }

  @Test
  void finds_noUserWhereAWorkloadIsAskedFor() {
    SubjectSearch search = search(Subject.Kind.APPLICATION, "orders");
    search.lookIn(activity(ActivityKind.SIGN_IN, new Principal("0a1b", "Orders", "user"), null));
    search.lookIn(
        activity(ActivityKind.SIGN_IN, new Principal("sp-1", "Orders", "workload"), null));

    assertThat(search.found(2).subject()).isEqualTo(new Subject(Subject.Kind.PRINCIPAL, "sp-1"));
  }
}
