package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.GraphRecord;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Instant;

/**
 * Demo cases of servers and agents that act for users who are somewhere else, on which rules must
 * not fire. In one more case, a public client acts, and {@code token-replay} fires.
 */
final class DelegatedCases extends SceneCases {
  private static final String FAR = "198.18.120.";

  private int host = 200;

  DelegatedCases(Scene scene) {
    super(scene, scene.denseSlots());
  }

  void play() {
    travel();
    tokens();
  }

  private void travel() {
    Account who = atHome(24);
    Instant start = slot(24);
    scene.add(far(who, start).with("clientSecret"));
    away("server-renews-for-the-user", who, "A confidential client renewed the token.");

    who = atHome(25);
    start = slot(25);
    scene.add(far(who, start).agent("agenticAppInstance"));
    away("agent-signs-in-for-the-user", who, "An agent signed in.");

    String[][] proofs = {{"1", "", ""}, {"0", "[11]", ""}, {"0", "", "13, 4"}};
    String[] names = {"server-calls", "agent-calls", "agents-user-calls"};
    for (int proof = 0; proof < proofs.length; proof++) {
      who = atHome(24);
      start = slot(24);
      Link link =
          Link.withoutToken(who, start)
              .clientAuth(proofs[proof][0])
              .facets(proofs[proof][1], proofs[proof][2]);
      scene.add(Call.from(FAR + host++, start).traced(link));
      away(names[proof] + "-for-the-user", who, "The token says that somebody acts for them.");
    }

    who = atHome(25);
    start = slot(25);
    graph(scene.token(who, start), FAR + host++, start);
    away("server-calls-graph-for-the-user", who, "A confidential client called Graph.");
  }

  private Account atHome(int day) {
    Account who = scene.cast().user();
    scene.add(SignIn.of(who, Site.HOME, host++, slot(day)));
    return who;
  }

  private SignIn far(Account who, Instant at) {
    return SignIn.of(who, Site.blank(FAR), host++, at)
        .on(Device.UNKNOWN)
        .nonInteractive()
        .singleFactor();
  }

  private void away(String name, Account who, String why) {
    scene.expect().nearMiss(name, Expectations.TRAVEL, "on-behalf-of", Subject.of(who), why);
  }

  private void tokens() {
    IssuedToken token = scene.signIn(Site.HOME, 90, slot(24));
    scene.add(
        Call.from(TokenCases.ABROAD + 90, token.after(4)).traced(token.link().clientAuth("2")));
    moved("token-of-a-server", token, "The calling application proved itself by a key.");

    token =
        scene.signIn(
            Site.HOME, 91, slot(25), signIn -> signIn.nonInteractive().with("clientAssertion"));
    scene.add(Call.from(TokenCases.ABROAD + 91, token.after(4)).traced(token.link()));
    moved("token-that-a-server-asked-for", token, "A confidential client signed in.");

    token = scene.signIn(Site.HOME, 92, slot(24));
    graph(token, TokenCases.ABROAD + 92, token.after(4));
    moved("token-of-a-server-at-graph", token, "A confidential client called Graph.");

    token =
        scene.signIn(
            Site.HOME, 93, slot(25), signIn -> signIn.nonInteractive().agent("notAgentic"));
    scene.add(
        Call.from(TokenCases.ABROAD + 93, token.after(4))
            .traced(token.link().clientAuth("0").facets("[1]", "[11]")));
    scene.fires(
        "token-of-a-public-client",
        Expectations.REPLAY,
        "two-networks",
        "High",
        2,
        25,
        token.subject());
  }

  private void graph(IssuedToken token, String address, Instant at) {
    IssuedToken renewed = new IssuedToken(token.who(), token.id(), at.minusSeconds(300));
    scene.graph(renewed, address, at, new GraphRecord.Client("1", "", ""));
  }

  private void moved(String name, IssuedToken token, String why) {
    scene.expect().nearMiss(name, Expectations.REPLAY, "on-behalf-of", token.subject(), why);
  }
}
