package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.OtherRecords;
import dev.lockstep.capture.record.OtherRecords.VaultCall;
import dev.lockstep.capture.record.RecordedGateway;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Case for the demo of a theft in several steps: tried passwords, a probed gateway, a stolen
 * session and a read vault. Rules find each step.
 *
 * <p>A thief tries passwords, probes a gateway, continues a user's session, calls the shop past its
 * Front Door, and reads a private vault. The findings that name the user are one incident, and
 * those that name the address are another.
 */
final class TheftStory {
  private static final String OF_USER = "theft: user";
  private static final String OF_ADDRESS = "theft: address";
  private static final int DAY = 25;

  private final Scene scene;

  TheftStory(Scene scene) {
    this.scene = scene;
  }

  void play() {
    Account victim = scene.cast().user();
    String session = scene.dice().guid().toString();
    Site home = Site.blank(TokenCases.OTHER_ISP);
    // A VPN in the user's own country, about which one rule alone is not sure.
    Site away = Site.blank(TokenCases.VPN);
    String thief = away.address(66);
    Instant start = CaptureDays.at(DAY, "08:05:00");

    scene.add(SignIn.of(victim, home, 66, start).in(session).once());
    List<Account> others = new ArrayList<>();
    for (int other = 0; other < 11; other++) {
      others.add(scene.cast().user());
    }
    Instant spray = CaptureDays.at(DAY, "09:02:00");
    for (int other = 0; other < others.size(); other++) {
      scene.add(
          SignIn.of(others.get(other), away, 66, spray.plusSeconds(70L * other))
              .on(Device.UNKNOWN)
              .singleFactor()
              .failed(50_126)
              .once());
    }
    firesRaised(OF_ADDRESS, "spray", Expectations.SPRAY, "spray", "Medium", 11, at(thief));

    Instant probing = CaptureDays.at(DAY, "09:40:00");
    ProbingCases.enough(scene, thief, probing);
    firesRaised(OF_ADDRESS, "probing", Expectations.PROBING, "probing", "Medium", 8, at(thief));

    Instant renewal = CaptureDays.at(DAY, "10:11:00");
    UUID token = scene.recording().token();
    scene.add(
        SignIn.of(victim, away, 66, renewal)
            .nonInteractive()
            .in(session)
            .on(new Device("", "", victim.laptop().system(), false, false))
            .to(NetworkFiles.REPORTS_API)
            .conditionalAccess("notApplied")
            .risk("medium", "atRisk")
            .minting(token)
            .once());
    Instant call = renewal.plus(minutes(8));
    for (int number = 0; number < 3; number++) {
      scene.add(
          Call.from(thief, call.plusSeconds(40L * number))
              .by("", "")
              .at(RecordedGateway.SHOP)
              .traced(Link.of(victim, token, renewal).in(session))
              .once());
    }
    Instant vault = call.plus(minutes(6));
    scene.add(
        Hub.KEY_VAULT,
        "AuditEvent",
        vault,
        OtherRecords.keyVault(
            VaultCall.read(VaultCases.PAYMENTS, thief, victim), vault, scene.dice()));
    firesRaised(OF_ADDRESS, "bypass", Expectations.BYPASS, "direct", "High", 2, at(thief));
    firesRaised(
        OF_USER,
        "session",
        Expectations.SESSION,
        "device-changed",
        "Medium",
        2,
        Subject.session(victim, session));
    firesRaised(
        OF_USER,
        "access",
        Expectations.ACCESS,
        "not-applied",
        "Medium",
        2,
        Subject.of(victim, token));
    firesRaised(
        OF_USER, "risk", Expectations.RISK, "at-sign-in", "Medium", 2, Subject.of(victim, token));
    firesRaised(
        OF_USER,
        "vault",
        Expectations.VAULT,
        "new-principal",
        "Medium",
        1,
        Subject.vault(VaultCases.PAYMENTS, victim));
    scene.fires(
        "theft: vault from outside",
        Expectations.VAULT,
        "public-address",
        "High",
        1,
        DAY,
        Subject.vault(VaultCases.PAYMENTS, thief));
  }

  private static Subject at(String address) {
    return Subject.address(address);
  }

  private void firesRaised(
      String incident,
      String step,
      String rule,
      String reason,
      String own,
      int count,
      Subject subject) {
    scene.expect().firesRaised(incident, "theft: " + step, rule, reason, own, count, DAY, subject);
  }
}
