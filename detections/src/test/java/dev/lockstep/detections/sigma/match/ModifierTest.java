package dev.lockstep.detections.sigma.match;

import static dev.lockstep.detections.sigma.match.MatchTestKit.present;
import static dev.lockstep.detections.sigma.match.MatchTestKit.section;
import static dev.lockstep.detections.sigma.match.MatchTestKit.test;
import static dev.lockstep.detections.sigma.match.MatchTestKit.truth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values and modifiers on fields of every kind. */
class ModifierTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "f ~ Ada ~ ADA ~ TRUE",
        "f ~ ada ~ adam ~ FALSE",
        "f|cased ~ Ada ~ ada ~ FALSE",
        "f|contains ~ da ~ Adam ~ TRUE",
        "f|startswith ~ ad ~ Adam ~ TRUE",
        "f|startswith ~ da ~ Adam ~ FALSE",
        "f|endswith ~ AM ~ Adam ~ TRUE",
        "f|endswith|cased ~ AM ~ Adam ~ FALSE",
        "f ~ a*m ~ adam ~ TRUE",
        "f ~ a?m ~ adam ~ FALSE",
        "f ~ a??m ~ adam ~ TRUE",
        "f ~ a\\*m ~ a*m ~ TRUE",
        "f ~ a\\*m ~ adam ~ FALSE",
        "f ~ c:\\dir ~ c:\\dir ~ TRUE",
        "f ~ c:\\\\dir ~ c:\\dir ~ TRUE",
        "f ~ c:\\\\* ~ c:\\anything ~ TRUE",
        "f ~ c:\\\\\\* ~ c:\\* ~ TRUE",
        "f ~ c:\\\\\\* ~ c:\\x ~ FALSE",
        "f ~ c:\\\\\\\\d ~ c:\\\\d ~ TRUE",
        "f|neq ~ a ~ b ~ TRUE",
        "f|neq ~ a ~ A ~ FALSE",
        "f|re ~ ^ab+$ ~ abbb ~ TRUE",
        "f|re ~ b+ ~ abbbc ~ TRUE",
        "f|re ~ B+ ~ abbbc ~ FALSE",
        "f|re|i ~ B+ ~ abbbc ~ TRUE",
        "f|windash ~ tool -x /y ~ tool /x –y ~ TRUE",
        "f|windash|contains ~ -enc ~ run —enc now ~ TRUE",
        "f|base64 ~ foobar ~ Zm9vYmFy ~ TRUE",
        "f|base64 ~ foobar ~ zm9vymfy ~ FALSE",
        "f|exists ~ yes ~ x ~ TRUE",
        "f|exists ~ no ~ x ~ FALSE",
        "f|cidr ~ 10.0.0.0/8 ~ 10.1.1.1:443 ~ TRUE",
        "f|gt ~ 5 ~ 6 ~ TRUE",
        "f|gte ~ 5 ~ 5.0 ~ TRUE",
        "f|lt ~ 5 ~ NaN ~ FALSE",
        "f|lte ~ 5 ~ five ~ FALSE",
        "f|lt|neq ~ 5 ~ five ~ TRUE",
        "f|cidr ~ 10.0.0.0/8 ~ 10.20.30.40 ~ TRUE",
        "f|cidr ~ 10.0.0.0/8 ~ 11.0.0.1 ~ FALSE",
        "f|cidr ~ 2001:db8::/32 ~ 2001:db8::1 ~ TRUE",
        "f|cidr ~ 10.0.0.0/8 ~ host ~ FALSE",
        "f|hour ~ 23 ~ 2026-11-20T01:30:00+02:00 ~ TRUE",
        "f|hour ~ 13 ~ 11/14/2025 1:48:53 PM ~ TRUE",
        "f|hour ~ 0 ~ 12/12/2025 12:03:58 AM ~ TRUE",
        "f|hour ~ 9 ~ 01/09/2026 09:41:00 ~ TRUE",
        "f|hour ~ 9 ~ 1/9/2026 10:41:00 AM +01:00 ~ TRUE",
        "f|day ~ 8 ~ 1/9/2026 12:30 AM +01:00 ~ TRUE",
        "f|minute ~ 41 ~ 1/9/2026 9:41:00.1234567 ~ TRUE",
        "f|month ~ 2 ~ 2/1/2026 ~ TRUE",
        "f|month ~ 13 ~ 13/1/2026 ~ FALSE",
        "f|hour ~ 9 ~ 10.0.0.0/8 ~ FALSE",
        "f|hour|gte ~ 22 ~ 2026-11-20T23:30:00Z ~ TRUE",
        "f|minute ~ 30 ~ 2026-11-20T23:30:00.123Z ~ TRUE",
        "f|day ~ 20 ~ 2026-11-20 ~ TRUE",
        "f|week ~ 53 ~ 2027-01-01T00:00:00Z ~ TRUE",
        "f|month ~ 11 ~ 2026-11-20 10:00:00 ~ TRUE",
        "f|year|lt ~ 2027 ~ 2026-11-20T00:00:00Z ~ TRUE",
        "f|hour ~ 1 ~ yesterday ~ FALSE",
        "f|hour ~ 8 ~ 2026-01-05T8:48:50.361Z ~ TRUE",
        "f|minute ~ 45 ~ 2026-01-05T07: 45: 44.5864815Z ~ TRUE",
        "f|hour ~ 6 ~ 2026-01-05T07: 45: 44+0130 ~ TRUE",
        "f|hour ~ 23 ~ 2026-01-05 T 00:45:44 +01 ~ TRUE",
        "f|hour ~ 15 ~ 1/5/2026 3:04:05\u202fPM ~ TRUE",
        "f|hour ~ 7 ~ 2026-01-05T07:45z ~ TRUE",
        "f|year ~ 2025 ~ /Date(1735787045000)/ ~ TRUE",
        "f|year ~ 2025 ~ /Date(x)/ ~ FALSE",
        "f|hour ~ 24 ~ 2026-01-05T24:00:00Z ~ FALSE",
        "f|month ~ 2 ~ 2026-02-30 ~ FALSE",
      })
  void comparesAText(String key, String value, String text, Truth expected)
      throws InvalidDetectionException {
    assertThat(truth(test(key, value), present(text))).isEqualTo(expected);
  }

  @Test
  void tellsNullEmptyAbsentAndUnknown_apart() throws InvalidDetectionException {
    Selection isNull =
        FieldComparisonParser.parse(
            "f", List.of(new Literal(Literal.Kind.NULL, "")), Placeholders.NONE);
    Selection isEmpty = test("f", "");
    Selection exists = test("f|exists", "true");
    Selection isNot = test("f|neq", "x");
    RawField ofNull =
        new RawField.Present(List.of(new RawValue(RawValue.Kind.NULL, "", false)), false);

    assertThat(verdicts(RawField.ABSENT, isNull, isEmpty, exists, isNot))
        .containsExactly(Truth.TRUE, Truth.FALSE, Truth.FALSE, Truth.TRUE);
    assertThat(verdicts(ofNull, isNull, isEmpty, exists, isNot))
        .containsExactly(Truth.TRUE, Truth.FALSE, Truth.TRUE, Truth.TRUE);
    assertThat(verdicts(present(""), isNull, isEmpty, exists, isNot))
        .containsExactly(Truth.FALSE, Truth.TRUE, Truth.TRUE, Truth.TRUE);
    assertThat(verdicts(RawField.NOT_LOOKED_FOR, isNull, isEmpty, exists, isNot))
        .containsOnly(Truth.UNKNOWN);
  }

  private static List<Truth> verdicts(RawField field, Selection... selections) {
    return Arrays.stream(selections).map(one -> truth(one, field)).toList();
  }

  @Test
  void matchesAnyElementOfAList_andAllOnlyWithAll() throws InvalidDetectionException {
    RawField list = present("red", "green");

    assertThat(truth(test("f", "GREEN", "blue"), list)).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|all", "green", "blue"), list)).isEqualTo(Truth.FALSE);
    assertThat(truth(test("f|all", "green", "red"), list)).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|neq", "blue"), list)).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|neq", "red"), list)).isEqualTo(Truth.FALSE);
  }

  @Test
  void findsAValueInBase64_atEveryOffset() throws InvalidDetectionException {
    Selection command = test("f|wide|base64offset|contains", "Invoke-Web");
    for (String before : List.of("", "a", "ab", "abc")) {
      byte[] bytes = (before + "xInvoke-Webx").getBytes(StandardCharsets.UTF_16LE);
      byte[] shifted = new byte[bytes.length + before.length()];
      System.arraycopy(bytes, 0, shifted, before.length(), bytes.length);
      String text = Base64.getEncoder().encodeToString(shifted);

      assertThat(truth(command, present("-enc " + text))).as(before).isEqualTo(Truth.TRUE);
      assertThat(truth(command, present(text.toLowerCase(Locale.ROOT)))).isEqualTo(Truth.FALSE);
    }
    assertThat(truth(test("f|base64", "ping"), present("cGluZw=="))).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|utf16|base64", "cmd"), present("//5jAG0AZAA="))).isEqualTo(Truth.TRUE);
  }

  @Test
  void findsTwoCharactersInBase64_atEveryOffset_andRefusesOne() throws InvalidDetectionException {
    Selection two = test("f|base64offset|contains", "xy");
    for (String before : List.of("", "a", "ab", "abc")) {
      byte[] bytes = (before + "xy!").getBytes(StandardCharsets.UTF_8);
      String text = Base64.getEncoder().encodeToString(bytes);
      assertThat(truth(two, present(text))).as(before).isEqualTo(Truth.TRUE);
    }
    for (String tooShort : List.of("", "x")) {
      assertThatThrownBy(() -> test("f|base64offset|contains", tooShort))
          .isInstanceOf(InvalidDetectionException.class)
          .hasMessageContaining("but the value is too short to be found")
          .satisfies(
              e ->
                  assertThat(((InvalidDetectionException) e).fix())
                      .isEqualTo("write at least 2 characters"));
    }
  }

  @Test
  void takesSixteenModifiers() throws InvalidDetectionException {
    assertThat(truth(test("f" + "|cased".repeat(16), "ping"), present("ping")))
        .isEqualTo(Truth.TRUE);
    assertThatThrownBy(() -> test("f" + "|cased".repeat(17), "ping"))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining("has more than 16 modifiers");
  }

  @Test
  void refusesToEncodeAValueThatStandsForTooMany() {
    assertThatThrownBy(() -> test("f|base64", "pi*g"))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining("\"pi*g\" for the modifier base64, but the value has wildcards");
    assertThatThrownBy(() -> test("f|windash|base64", "-a -b -c -d -e"))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining("has too many dashes for the modifier windash");
  }

  @ParameterizedTest
  @CsvSource({
    "f|contains, ?, a question mark, its question marks",
    "f|windash|contains, -, a dash for |windash, |windash",
    "f|windash|contains, -?, a question mark, its question marks"
  })
  void refusesAWildcardForOneCharacterInALongPart(
      String field, String wildcards, String has, String remove) {
    assertThatThrownBy(() -> test(field, "a".repeat(128) + wildcards))
        .isInstanceOf(InvalidDetectionException.class)
        .hasMessageContaining("too long: a part with " + has + " may have at most 128 characters")
        .hasMessageEndingWith("or remove " + remove);
  }

  @Test
  void decidesNothingThatTheRestOfACutValueCouldDecide() throws InvalidDetectionException {
    RawField cut = cut("ab".repeat(512));

    assertThat(truth(test("f|contains", "aba"), cut)).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|contains", "zz"), cut)).isEqualTo(Truth.CUT);
    assertThat(truth(test("f|contains|neq", "zz"), cut)).isEqualTo(Truth.CUT);
    assertThat(truth(test("f|startswith", "abab"), cut)).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|startswith", "zz"), cut)).isEqualTo(Truth.FALSE);
    assertThat(truth(test("f|endswith", "ab"), cut)).isEqualTo(Truth.CUT);
    assertThat(truth(test("f", "ab"), cut)).isEqualTo(Truth.FALSE);
    assertThat(truth(test("f|neq", "ab"), cut)).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|re", "bab"), cut)).isEqualTo(Truth.TRUE);
    assertThat(truth(test("f|re", "ab$"), cut)).isEqualTo(Truth.CUT);
    assertThat(truth(test("f|cidr", "10.0.0.0/8"), cut)).isEqualTo(Truth.FALSE);
    assertThat(truth(test("f|exists", "true"), cut)).isEqualTo(Truth.TRUE);
  }

  @Test
  void decidesByTheBeginningOfACutValue_whatItsRestCannotChange() throws InvalidDetectionException {
    RawField cut = cut("ab".repeat(512));
    RawField ab = present("AB");
    RawField zz = present("zz");

    assertThat(reference("f|fieldref", cut, ab)).isEqualTo(Truth.FALSE);
    assertThat(reference("f|fieldref|neq", cut, ab)).isEqualTo(Truth.TRUE);
    assertThat(reference("f|fieldref|startswith", cut, ab)).isEqualTo(Truth.TRUE);
    assertThat(reference("f|fieldref|startswith", cut, zz)).isEqualTo(Truth.FALSE);
    assertThat(reference("f|fieldref|contains", cut, ab)).isEqualTo(Truth.TRUE);
    assertThat(reference("f|fieldref|contains", cut, zz)).isEqualTo(Truth.CUT);
    assertThat(reference("f|fieldref|endswith", cut, ab)).isEqualTo(Truth.CUT);
    assertThat(reference("f|fieldref|contains", ab, cut)).isEqualTo(Truth.FALSE);
    assertThat(reference("f|fieldref", cut, cut)).isEqualTo(Truth.CUT);
    assertThat(reference("f|fieldref", cut, cut("b".repeat(1024)))).isEqualTo(Truth.FALSE);
    assertThat(reference("f|fieldref|endswith", cut, cut("b".repeat(1024)))).isEqualTo(Truth.CUT);
    assertThat(reference("f|fieldref", present("zz", "ab"), ab)).isEqualTo(Truth.TRUE);
  }

  private static RawField cut(String kept) {
    return new RawField.Present(List.of(new RawValue(RawValue.Kind.TEXT, kept, true)), false);
  }

  private static Truth reference(String key, RawField f, RawField other)
      throws InvalidDetectionException {
    EventMatcher.Builder builder = new EventMatcher.Builder();
    builder.add(section(test(key, "other")));
    EventMatcher matcher = builder.build();
    Pass pass = matcher.pass();
    pass.start(index -> matcher.fields().get(index).equals("f") ? f : other);
    return pass.truth(0);
  }

  @Test
  void refusesAll_ofAPlaceholderWithoutValues() throws InvalidDetectionException {
    Placeholders known = new Placeholders(Map.of("none", List.of()));
    List<Literal> values = List.of(Literal.text("%none%"));

    for (String key : List.of("f|expand|contains|all", "f|re|expand|all")) {
      assertThatThrownBy(() -> FieldComparisonParser.parse(key, values, known))
          .isInstanceOfSatisfying(
              InvalidDetectionException.class,
              e -> assertThat(e.what()).contains("has no value for \"" + key + "\""));
    }
    assertThat(FieldComparisonParser.parse("f|expand", values, known)).isNotNull();
  }

  @Test
  void expandsPlaceholders() throws InvalidDetectionException {
    Placeholders known = new Placeholders(Map.of("admins", List.of("adm_*", "root")));
    Selection selection =
        FieldComparisonParser.parse("f|expand", List.of(Literal.text("%admins%@x")), known);

    assertThat(truth(selection, present("adm_ada@x"))).isEqualTo(Truth.TRUE);
    assertThat(truth(selection, present("root@x"))).isEqualTo(Truth.TRUE);
    assertThat(truth(selection, present("%admins%@x"))).isEqualTo(Truth.FALSE);
  }

  @ParameterizedTest
  @CsvSource({
    "f|contains|expand, %place%, in Paris now, in Rome now",
    "f|startswith|expand, %place%, Paris now, in Paris",
    "f|endswith|expand, %place%, in Paris, Paris now",
    "f|cased|contains|expand, %place%, in Paris, in paris",
    "f|re|expand, ^%place%$, Paris, in Paris",
    "f|contains|expand|neq, %place%, in Rome, in Paris",
    "f|expand|cidr, %net%, 10.1.2.3, 11.1.2.3",
    "f|cidr|expand, %net%, 10.1.2.3, 11.1.2.3",
    "f|expand|gt, %most%, 6, 5",
    "f|expand|lt, %most%, 4, 5",
    "f|gte|expand, %most%, 5, 4",
    "f|lte|expand, %most%, 5, 6",
    "f|hour|expand|gte, %most%, 2026-01-05T05:00:00Z, 2026-01-05T04:00:00Z",
  })
  void expandsPlaceholders_beforeOtherModifiers(
      String key, String value, String holds, String doesNotHold) throws InvalidDetectionException {
    Placeholders known =
        new Placeholders(
            Map.of(
                "place",
                List.of("Oslo", "Paris"),
                "net",
                List.of("192.0.2.0/24", "10.0.0.0/8"),
                "most",
                List.of("5")));
    Selection selection = FieldComparisonParser.parse(key, List.of(Literal.text(value)), known);

    assertThat(truth(selection, present(holds))).isEqualTo(Truth.TRUE);
    assertThat(truth(selection, present(doesNotHold))).isEqualTo(Truth.FALSE);
  }

  @Test
  void refusesAPlaceholderThatIsNoRangeOrNumber_andOneThatIsEncoded() {
    Placeholders known = new Placeholders(Map.of("place", List.of("Oslo")));
    List<Literal> values = List.of(Literal.text("%place%"));

    assertThatThrownBy(() -> FieldComparisonParser.parse("f|expand|cidr", values, known))
        .hasMessageContaining("has the value \"Oslo\", which does not fit the modifier cidr");
    assertThatThrownBy(() -> FieldComparisonParser.parse("f|gt|expand", values, known))
        .hasMessageContaining(
            "has the value \"Oslo\", which does not fit the modifier gt|expand; write a number");
    assertThatThrownBy(() -> FieldComparisonParser.parse("f|base64|expand", values, known))
        .hasMessageContaining("has the modifier \"expand\" after the encoding modifier \"base64\"");
  }

  @Test
  void comparesNumbersByValue_andTextsByCharacters() throws InvalidDetectionException {
    Selection five =
        FieldComparisonParser.parse(
            "f", List.of(new Literal(Literal.Kind.NUMBER, "5")), Placeholders.NONE);
    RawField number =
        new RawField.Present(List.of(new RawValue(RawValue.Kind.NUMBER, "5.0", false)), false);

    assertThat(truth(five, number)).isEqualTo(Truth.TRUE);
    assertThat(truth(five, present("5"))).isEqualTo(Truth.TRUE);
    assertThat(truth(five, present("5.0"))).isEqualTo(Truth.FALSE);
  }

  @Test
  void matchesTheSameRulesAsEachRuleAlone() throws InvalidDetectionException {
    long seed = 20_261_128;
    Random random = new Random(seed);
    String[] keys = {
      "a",
      "b",
      "a|contains",
      "b|startswith",
      "a|endswith",
      "b|re",
      "a|neq",
      "b|all|contains",
      "a|cased",
      "b|exists",
      "a|fieldref",
      ""
    };
    for (int round = 0; round < 200; round++) {
      List<DetectionSection> rules = new ArrayList<>();
      EventMatcher.Builder all = new EventMatcher.Builder();
      for (int i = 0; i < 20; i++) {
        Map<String, Selection> selections = new LinkedHashMap<>();
        for (String name : List.of("one", "two", "three")) {
          String key = keys[random.nextInt(keys.length)];
          String[] values =
              key.endsWith("exists")
                  ? new String[] {random.nextBoolean() ? "true" : "false"}
                  : key.endsWith("fieldref")
                      ? new String[] {"b"}
                      : key.endsWith("re")
                          ? new String[] {"x" + word(random).replace("*", "").replace("?", "")}
                          : new String[] {word(random), word(random)};
          selections.put(name, test(key, values));
        }
        String[] conditions = {
          "one and two",
          "one or two and not three",
          "not one and two",
          "1 of t* and one",
          "all of them",
          "not 1 of t*",
          "(one or two) and (two or three)"
        };
        DetectionSection rule =
            new DetectionSection(
                selections,
                ExpressionParser.parse(
                    conditions[random.nextInt(conditions.length)],
                    selections.keySet(),
                    ExpressionParser.NameKind.SELECTION));
        rules.add(rule);
        all.add(rule);
      }
      EventMatcher matcher = all.build();
      Pass pass = matcher.pass();
      for (int event = 0; event < 20; event++) {
        Map<String, RawField> fields =
            Map.of("a", field(random), "b", field(random), "", field(random));
        List<Integer> matched = new ArrayList<>();
        List<Integer> cut = new ArrayList<>();
        pass.start(index -> of(fields, matcher.fields().get(index)));
        pass.match(
            new Pass.Matches() {
              @Override
              public void matched(int rule) {
                matched.add(rule);
              }

              @Override
              public void cut(int rule) {
                cut.add(rule);
              }
            });
        for (int i = 0; i < rules.size(); i++) {
          EventMatcher.Builder single = new EventMatcher.Builder();
          single.add(rules.get(i));
          EventMatcher alone = single.build();
          Pass naive = alone.pass();
          naive.start(index -> of(fields, alone.fields().get(index)));
          Truth expected = naive.truth(0);
          assertThat(matched.contains(i))
              .as("seed %d, %s on %s", seed, rules.get(i), fields)
              .isEqualTo(expected == Truth.TRUE);
          if (cut.contains(i)) {
            assertThat(expected).as("seed %d, %s", seed, rules.get(i)).isEqualTo(Truth.CUT);
          }
        }
      }
    }
  }

  private static RawField of(Map<String, RawField> fields, String name) {
    return Objects.requireNonNull(fields.get(name));
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    int length = 1 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      word.append("xXyz*?".charAt(random.nextInt(random.nextInt(4) == 0 ? 6 : 4)));
    }
    return word.toString();
  }

  private static RawField field(Random random) {
    int kind = random.nextInt(12);
    if (kind == 0) {
      return RawField.ABSENT;
    } else if (kind == 1) {
      return RawField.NOT_LOOKED_FOR;
    }
    List<RawValue> values = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      values.add(new RawValue(RawValue.Kind.TEXT, word(random), random.nextInt(8) == 0));
    }
    return new RawField.Present(values, random.nextInt(10) == 0);
  }
}
