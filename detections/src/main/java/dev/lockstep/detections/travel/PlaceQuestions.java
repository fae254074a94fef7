package dev.lockstep.detections.travel;

import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.EventReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Questions about one city, each on behalf of one user: how many other users are regularly there.
 * There is one question for each user with a possible finding of rule {@code impossible-travel} in
 * the city, for at most {@value #MOST} users. A fact of the city keeps the collection. It has, for
 * each of these users, the event that caused the question and the number in the last answer.
 */
final class PlaceQuestions implements Aggregate {
  private static final int MOST = 256;

  private final Map<String, Question> questions = new TreeMap<>();

  /**
   * Question of one user, with the event that caused it and its last answer.
   *
   * @param event event of the day that caused the question
   * @param answered number of other users in the last answer, empty before the first answer
   */
  private record Question(EventReference event, String answered) {}

  @Override
  public boolean add(Kept event) {
    if (questions.size() >= MOST) {
      return false;
    }
    String user = event.texts().get(0);
    return questions.putIfAbsent(user, new Question(event.event(), "")) == null;
  }

  @Override
  public boolean remove(Kept event) {
    return false;
  }

  @Override
  public int size() {
    return questions.size();
  }

  @Override
  public List<Kept> kept() {
    List<Kept> kept = new ArrayList<>(questions.size());
    questions.forEach(
        (user, asked) -> kept.add(new Kept(asked.event(), List.of(user, asked.answered()), false)));
    return kept;
  }

  @Override
  public String mark() {
    return "";
  }

  @Override
  public void restore(List<Kept> kept, String mark) {
    for (Kept each : kept) {
      questions.put(each.texts().get(0), new Question(each.event(), each.texts().get(1)));
    }
  }

  List<String> users() {
    return List.copyOf(questions.keySet());
  }

  /**
   * Stores a new answer to a user's question, and returns the event that caused the question, or
   * null if nothing is new. Nothing is new if the user has no question, or the last answer has the
   * same number. The caller sends the answer with the returned event.
   *
   * @param user user whose question is answered
   * @param number number of other users who are regularly in the city, in decimal digits
   */
  @Nullable EventReference recordAnswer(String user, String number) {
    Question asked = questions.get(user);
    if (asked == null || asked.answered().equals(number)) {
      return null;
    }
    questions.put(user, new Question(asked.event(), number));
    return asked.event();
  }
}
