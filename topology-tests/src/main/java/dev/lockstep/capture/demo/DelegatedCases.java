package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.GraphRecord;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import java.util.UUID;

/**
 * Demo cases in which servers and agents sign in and call on behalf of users who are somewhere
 * else.
 */
final class DelegatedCases {
  private static final String FAR = "198.18.120.";

  private final Scene scene;
  private int host = 200;

  DelegatedCases(Scene scene) {
    this.scene = scene;
  }

  void play() {
    travel();
    tokens();
  }

  private void travel() {
    Account who = atHome(24);
    Instant start = scene.denseSlots().next(24);
    scene.add(far(who, start).with("clientSecret"));
    away("server-renews-for-the-user", who, "A confidential client renewed the token.");

    who = atHome(25);
    start = scene.denseSlots().next(25);
    scene.add(far(who, start).agent("agenticAppInstance"));
    away("agent-signs-in-for-the-user", who, "An agent signed in.");

    String[][] proofs = {{"1", "", ""}, {"0", "[11]", ""}, {"0", "", "13, 4"}};
    String[] names = {"server-calls", "agent-calls", "agents-user-calls"};
    for (int proof = 0; proof < proofs.length; proof++) {
      who = atHome(24);
      start = scene.denseSlots().next(24);
      Link link =
          Link.withoutToken(who, start)
              .clientAuth(proofs[proof][0])
              .facets(proofs[proof][1], proofs[proof][2]);
      scene.add(Call.from(FAR + host++, start).traced(link));
      away(names[proof] + "-for-the-user", who, "The token says that somebody acts for them.");
    }

    who = atHome(25);
    start = scene.denseSlots().next(25);
    graph(who, scene.recording().token(), FAR + host++, start);
    away("server-calls-graph-for-the-user", who, "A confidential client called Graph.");
  }

  private Account atHome(int day) {
    Account who = scene.cast().user();
    scene.add(SignIn.of(who, Site.HOME, host++, scene.denseSlots().next(day)));
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
    Account who = scene.cast().user();
    UUID token = scene.recording().token();
    Instant start = scene.denseSlots().next(24);
    scene.add(SignIn.of(who, Site.HOME, 90, start).minting(token));
    scene.add(
        Call.from(TokenCases.ABROAD + 90, start.plus(minutes(4)))
            .traced(Link.of(who, token, start).clientAuth("2")));
    moved("token-of-a-server", who, token, "The calling application proved itself by a key.");

    who = scene.cast().user();
    token = scene.recording().token();
    start = scene.denseSlots().next(25);
    scene.add(
        SignIn.of(who, Site.HOME, 91, start)
            .nonInteractive()
            .with("clientAssertion")
            .minting(token));
    scene.add(
        Call.from(TokenCases.ABROAD + 91, start.plus(minutes(4)))
            .traced(Link.of(who, token, start)));
    moved("token-that-a-server-asked-for", who, token, "A confidential client signed in.");

    who = scene.cast().user();
    token = scene.recording().token();
    start = scene.denseSlots().next(24);
    scene.add(SignIn.of(who, Site.HOME, 92, start).minting(token));
    graph(who, token, TokenCases.ABROAD + 92, start.plus(minutes(4)));
    moved("token-of-a-server-at-graph", who, token, "A confidential client called Graph.");

    who = scene.cast().user();
    token = scene.recording().token();
    start = scene.denseSlots().next(25);
    scene.add(
        SignIn.of(who, Site.HOME, 93, start).nonInteractive().agent("notAgentic").minting(token));
    scene.add(
        Call.from(TokenCases.ABROAD + 93, start.plus(minutes(4)))
            .traced(Link.of(who, token, start).clientAuth("0").facets("[1]", "[11]")));
    scene
        .expect()
        .fires(
            "token-of-a-public-client",
            Expectations.REPLAY,
            "two-networks",
            "High",
            2,
            25,
            Subject.of(who, token));
  }

  private void graph(Account who, UUID token, String address, Instant at) {
    scene
        .recording()
        .passing(
            Hub.GRAPH,
            "MicrosoftGraphActivityLogs",
            at,
            GraphRecord.of(
                who,
                token,
                address,
                200,
                at,
                at.minusSeconds(300),
                new GraphRecord.Client("1", "", ""),
                scene.dice()));
  }

  private void moved(String name, Account who, UUID token, String why) {
    scene.expect().nearMiss(name, Expectations.REPLAY, "on-behalf-of", Subject.of(who, token), why);
  }
}
