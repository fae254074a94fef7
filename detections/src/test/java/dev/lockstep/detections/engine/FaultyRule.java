package dev.lockstep.detections.engine;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Rule that fires for each address that a user signs in from, and fails where a test says so. */
public final class FaultyRule implements Rule {
  /** Id of the rule. */
  public static final String ID = "faulty";

  private static final Field MARK = Field.text("mark");
  private static final Field MARKS = Field.set("marks");
  private static final FactKind SIGN_IN =
      FactKind.named("sign-in", MARK, MARKS).byNetwork().addresses().minutes().declare();

  private final RuleInfo info;

  /** Is run before an event is observed. */
  public Consumer<Event> observing = event -> {};

  /** Is run before a day is judged. */
  public Runnable judging = () -> {};

  /** Is run before a finding is told. */
  public Consumer<Finding> telling = finding -> {};

  /** Gives the marks that a sign-in is stated with, a fact each. */
  public Supplier<List<String>> marks = () -> List.of("");

  /** Creates one that judges by change or whole. */
  public FaultyRule(boolean byChange) {
    RuleInfo.Builder builder =
        RuleInfo.of(ID, 1, "Faulty")
            .correlates("identity and network")
            .about(Subject.Kind.PRINCIPAL)
            .keeps(SIGN_IN)
            .reads("SignInLogs")
            .reasons("seen")
            .severities(Severity.Medium);
    info = (byChange ? builder.judgesByChange() : builder).done();
  }

  /** Returns something that throws whatever is given. */
  public static Runnable throwing(Throwable failure) {
    return () -> sneak(failure);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  @Override
  public RuleInfo info() {
    return info;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (!event.isSuccessfulSignIn() || event.principal() == null) {
      return;
    }
    for (String mark : marks.get()) {
      facts
          .about(new Subject(Subject.Kind.PRINCIPAL, event.principal().getId()), SIGN_IN)
          .with(MARK, mark)
          .adding(MARKS, mark)
          .state();
    }
    observing.accept(event); // some facts are stated by then
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    List<Fact> facts = day.changed() == null ? day.today() : List.of(day.changed());
    for (Fact fact : facts) {
      verdicts
          .fires("seen", Severity.Medium, () -> new Gates().list(), fact)
          .counting(fact.traits());
    }
    judging.run(); // some verdicts are reported by then
  }

  @Override
  public Words tell(Finding finding) {
    telling.accept(finding);
    return Words.of("Seen", "Seen at %d addresses.".formatted(finding.counted()));
  }
}
