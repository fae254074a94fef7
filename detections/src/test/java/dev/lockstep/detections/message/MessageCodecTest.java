package dev.lockstep.detections.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.engine.SilentEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Promises of the codec of messages: all of a message survives, and foreign bytes are refused. */
final class MessageCodecTest {
  private static final Where WHERE = new Where("hub", "signins", null, 3, 42L, 1);
  private static final List<ActiveRule> RULES = active(BuiltInRules.all());
  private static final List<ActiveRule> TRAVEL = active(List.of(new ImpossibleTravel()));

  private static List<ActiveRule> active(List<Rule> rules) {
    List<ActiveRule> active = new ArrayList<>();
    for (Rule rule : rules) {
      active.add(new ActiveRule(active.size(), rule, Settings.defaults(rule.info())));
    }
    return active;
  }

  private static Activity signIn() {
    Activity signIn = new Activity();
    signIn.setKind(ActivityKind.SIGN_IN);
    signIn.setCategory("SignInLogs");
    signIn.setEventId("11111111-2222-3333-4444-555555555555");
    signIn.setEventAt(1_795_000_000_123L);
    signIn.setArrivalAt(1_795_000_060_456L);
    signIn.setWhere(WHERE);
    signIn.setPrincipal(new Principal("aaaa", "ada@contoso.example", "user"));
    signIn.setAddress("198.51.100.7");
    signIn.setStatus(0);
    signIn.setGeo(new RecordGeo("DE", "Hamburg", 53.55, 9.99, 64500L));
    Token token = new Token();
    token.setUti("99999999-2222-3333-4444-555555555555");
    token.setOid("aaaa");
    signIn.setToken(token);
    return signIn;
  }

  private static List<Message> visits() {
    List<Message> messages = new ArrayList<>();
    Event event = new Event(signIn(), Enrichment.none(), Event.Claims.VALIDATED, false, false);
    new EventObserver(RULES, new SilentEngine() {})
        .observe(event, visit -> messages.add(new Message.OfVisit(visit)));
    return messages;
  }

  private static List<Message> others() {
    Alert alert = new Alert();
    alert.setId("alert-1");
    alert.setTitle("Anonymous address");
    alert.setSeverity(Severity.High);
    alert.setAccounts(List.of("aaaa", "bbbb"));
    alert.setNames(List.of("ada@contoso.example"));
    alert.setAddresses(List.of("198.51.100.7"));
    AlertOnSubject on =
        new AlertOnSubject(
            alert,
            List.of(1_795_000_000_000L, 1_795_000_900_000L),
            List.of(new EventReference("SecurityAlert", "e", 5L, 7L, WHERE)),
            true);
    Activity record = signIn();
    record.setKind(ActivityKind.ALERT);
    record.setAlert(alert);
    Subject address = new Subject(Subject.Kind.ADDRESS, "198.51.100.7");
    return List.of(
        new Message.AlertRecord(AlertMessages.alertSubject("alert-1"), record),
        new Message.AlertAccount(AlertMessages.alertSubject("alert-1"), "cccc"),
        new Message.Alerted(address, on, true),
        new Message.Named(new Subject(Subject.Kind.GROUP, "name\nada"), "aaaa", -3L),
        new Message.Mentioned(address, "f00d", 1L, 1_795_000_000_000L, "hosting"));
  }

  @Test
  void givesBackEveryMessage_toTheByte() {
    MessageCodec codec = new MessageCodec(RULES);
    assertThat(visits()).hasSizeGreaterThanOrEqualTo(3);
    for (Message message : visits()) {
      byte[] bytes = codec.encode(message);
      Message read = codec.decode(bytes);
      assertThat(read).isNotNull();
      assertThat(codec.encode(read)).isEqualTo(bytes);
      assertThat(read.subject()).isEqualTo(message.subject());
    }
    for (Message message : others()) {
      assertThat(codec.decode(codec.encode(message))).isEqualTo(message);
    }
  }

  @Test
  void givesBackEachAlert_whateverCameBefore() {
    List<Message.Alerted> alerts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Message.Alerted one = (Message.Alerted) others().get(2);
      one.alert().alert().setTitle("title " + i / 2);
      alerts.add(one);
      alerts.add(
          new Message.Alerted(new Subject(Subject.Kind.ADDRESS, "a" + i), one.alert(), i == 0));
    }
    MessageCodec codec = new MessageCodec(RULES);
    SplittableRandom random = new SplittableRandom(20_261_128);
    for (int i = 0; i < 200; i++) {
      Message.Alerted message = alerts.get(random.nextInt(alerts.size()));
      byte[] bytes = codec.encode(message);
      assertThat(bytes).isEqualTo(new MessageCodec(RULES).encode(message));
      assertThat(codec.decode(bytes)).isEqualTo(message);
    }
  }

  @Test
  void leavesOutTheStatementsOfRulesThatDoNotRunHere() {
    MessageCodec all = new MessageCodec(RULES);
    MessageCodec one = new MessageCodec(active(List.of(new ImpossibleTravel())));
    int read = 0;
    for (Message message : visits()) {
      Message.OfVisit visit = (Message.OfVisit) one.decode(all.encode(message));
      if (visit != null) {
        assertThat(visit.visit().statements()).allMatch(each -> each.rule() == 0);
        read++;
      }
    }
    assertThat(read).as("of the principal and of the place").isEqualTo(2);
  }

  @Test
  void leavesOutTheStatementsOfARule_whoseFactsHaveAnotherLayoutHere() {
    MessageCodec present = new MessageCodec(TRAVEL);
    MessageCodec other = new MessageCodec(travelWith(Field.text("one"), Field.number("two")));
    int read = 0;
    for (Message message : visits()) {
      byte[] bytes = new MessageCodec(RULES).encode(message);
      assertThat(other.decode(bytes)).isNull();
      read += present.decode(bytes) == null ? 0 : 1;
    }
    assertThat(read).isEqualTo(2);
  }

  @Test
  void readsTheStatementsOfAnEarlierVersion_whichHaveNoLayout() {
    MessageCodec codec = new MessageCodec(TRAVEL);
    int read = 0;
    for (Message message : visits()) {
      Message own = codec.decode(new MessageCodec(RULES).encode(message));
      if (own != null) {
        byte[] bytes = codec.encode(own);
        Message earlier = codec.decode(withoutLayout(bytes));
        assertThat(codec.encode(Objects.requireNonNull(earlier))).isEqualTo(bytes);
        read++;
      }
    }
    assertThat(read).isEqualTo(2);
  }

  /** Returns a message of one statement, which is at its end, as it was written before. */
  private static byte[] withoutLayout(byte[] bytes) {
    int begin = bytes.length - 1;
    while (bytes[begin] != bytes.length - begin - 1
        || ByteBuffer.wrap(bytes).getInt(begin + 1) != TRAVEL.get(0).code()) {
      begin--;
    }
    byte[] earlier = Arrays.copyOf(bytes, bytes.length - Integer.BYTES);
    earlier[begin] -= Integer.BYTES;
    earlier[begin + 1 + Integer.BYTES + 2] &= 3; // after the rule, its kind of fact and the rank
    return earlier;
  }

  private static List<ActiveRule> travelWith(Field... fields) {
    Rule rule = new ImpossibleTravel();
    RuleInfo info =
        RuleInfo.of(rule.info().id(), rule.info().version(), rule.info().title())
            .about(Subject.Kind.PRINCIPAL)
            .keeps(FactKind.named("stay", fields).declare())
            .meaning(rule.info().meaning())
            .done();
    return List.of(new ActiveRule(0, rule, Settings.defaults(rule.info()), info));
  }

  @Test
  void refusesBytesThatEndTooEarlyOrTooLate() {
    MessageCodec codec = new MessageCodec(RULES);
    List<Message> all = new ArrayList<>(visits());
    all.addAll(others());
    for (Message message : all) {
      byte[] bytes = codec.encode(message);
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(RuntimeException.class);
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertThatThrownBy(() -> codec.decode(longer)).isInstanceOf(RuntimeException.class);
    }
  }
}
