package dev.lockstep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What can be said of the policy files without a gateway. The expressions are compiled and run by
 * {@code topology-tests/src/test/csharp/run}; {@link PolicyMessagesTest} reads what they log.
 */
class PolicyFilesTest {
  static final Path FOLDER = Path.of("..", "deploy", "apim");

  /** Elements with their attributes, as the policy reference of API Management has them. */
  private static final Set<String> ELEMENTS =
      Set.of(
          "policies",
          "inbound",
          "backend",
          "outbound",
          "on-error",
          "base",
          "fragment",
          "include-fragment fragment-id",
          "choose",
          "when condition",
          "trace severity source",
          "message",
          "log-to-eventhub logger-id",
          "validate-azure-ad-token output-token-variable-name tenant-id",
          "client-application-ids",
          "application-id",
          "audiences",
          "audience",
          "issuers",
          "issuer",
          "validate-jwt header-name output-token-variable-name require-scheme",
          "openid-config url");

  /** What the page "API Management policy expressions" allows, as far as ours need it. */
  private static final Set<String> ALLOWED =
      Set.of(
          "context",
          "RequestId",
          "Request",
          "Headers",
          "Variables", // the context variable
          "ContainsKey",
          "TryGetValue",
          "GetValueOrDefault", // of its dictionaries
          "Jwt",
          "Claims",
          "AsJwt", // tokens
          "JObject",
          "Newtonsoft",
          "Json",
          "Formatting",
          "None", // Newtonsoft.Json
          "DateTime",
          "UtcNow",
          "ToString",
          "TryParse", // System.DateTime, System.Int64
          "Contains",
          "IndexOf",
          "LastIndexOf",
          "Length",
          "Substring",
          "Trim"); // System.String

  private static final Set<String> WORDS =
      Set.of(
          "var", "new", "if", "else", "foreach", "in", "out", "as", "long", "string", "null",
          "true", "false", "return");

  private static final Set<String> LOCALS =
      Set.of(
          "token",
          "link",
          "name",
          "claim",
          "seconds",
          "socketIp",
          "xff",
          "userAgent",
          "values",
          "value",
          "text");

  @ParameterizedTest
  @MethodSource("files")
  void holdsOnlyWhatThePolicyReferenceHas(Path file) throws Exception {
    for (Element element : elements(file)) {
      assertThat(ELEMENTS).contains(described(element));
    }
  }

  @ParameterizedTest
  @MethodSource("fragments")
  void isAFragmentThatMayBeIncludedAnywhere(Path file) throws Exception {
    List<Element> elements = elements(file);
    assertThat(elements.get(0).getTagName()).isEqualTo("fragment");
    assertThat(elements)
        .extracting(Element::getTagName)
        .doesNotContain("base", "inbound", "backend", "outbound", "on-error", "include-fragment");
    assertThat(Files.size(file)).as("32 KB is the most").isLessThan(32 * 1024);
  }

  /** Then the text is the same in the formats xml and rawxml, in Bicep and in the portal. */
  @ParameterizedTest
  @MethodSource("fragments")
  void needsNoEscapingOfExpressions(Path file) throws Exception {
    for (String expression : expressions(file)) {
      assertThat(expression).doesNotContain("<", "&", "{{", "}}");
    }
    assertThat(Files.readString(file)).doesNotContain("&", "CDATA");
  }

  @ParameterizedTest
  @MethodSource("fragments")
  void usesOnlyWhatExpressionsMay(Path file) throws Exception {
    for (String expression : expressions(file)) {
      Set<String> names = new TreeSet<>(namesOf(expression));
      names.removeAll(ALLOWED);
      names.removeAll(WORDS);
      names.removeAll(LOCALS);
      assertThat(names).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("fragments")
  void closesWhatItOpens(Path file) throws Exception {
    for (String expression : expressions(file)) {
      Deque<Character> open = new ArrayDeque<>();
      for (char c : withoutLiterals(expression).toCharArray()) {
        int closing = ")]}".indexOf(c);
        if ("([{".indexOf(c) >= 0) {
          open.push(c);
        } else if (closing >= 0) {
          assertThat(open.poll()).isEqualTo("([{".charAt(closing));
        }
      }
      assertThat(open).isEmpty();
    }
  }

  @Test
  void saysTheSameInEachFragment() throws Exception {
    List<String> parts = new ArrayList<>();
    for (Path file : fragments().toList()) {
      String message = messageOf(file).replace(" ", "");
      parts.add(message.substring(message.indexOf("varlink"), message.indexOf("link[\"validated")));
    }
    assertThat(parts).hasSize(4);
    assertThat(Set.copyOf(parts)).hasSize(1);
  }

  @Test
  void namesFragmentsThatAreThere() throws Exception {
    List<String> included = new ArrayList<>();
    for (Path file : files().toList()) {
      for (Element element : elements(file)) {
        if (element.getTagName().equals("include-fragment")) {
          included.add(element.getAttribute("fragment-id") + ".xml");
        }
      }
    }
    assertThat(included).hasSize(8);
    assertThat(fragments().map(file -> file.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(Set.copyOf(included));
  }

  @Test
  void installsEachFragment_underTheNameThatPoliciesCallIt() throws Exception {
    String bicep = Files.readString(FOLDER.resolve("identity-link.bicep"));
    for (Path file : fragments().toList()) {
      String name = file.getFileName().toString();
      assertThat(bicep)
          .contains("'" + name.substring(0, name.length() - ".xml".length()) + "'")
          .contains("loadTextContent('fragments/" + name + "')");
    }
  }

  static Stream<Path> files() throws IOException {
    return Stream.concat(fragments(), xmlIn(FOLDER.resolve("policies")));
  }

  static Stream<Path> fragments() throws IOException {
    return xmlIn(FOLDER.resolve("fragments"));
  }

  private static Stream<Path> xmlIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".xml")).sorted().toList().stream();
    }
  }

  /** Returns the condition, or the one that always holds, and what makes the message. */
  static List<String> expressions(Path file) throws Exception {
    return List.of(conditionOf(file), messageOf(file));
  }

  private static String conditionOf(Path file) throws Exception {
    for (Element element : elements(file)) {
      if (element.getTagName().equals("when")) {
        return element.getAttribute("condition");
      }
    }
    return "@(true)";
  }

  private static String messageOf(Path file) throws Exception {
    for (Element element : elements(file)) {
      if (Set.of("message", "log-to-eventhub").contains(element.getTagName())) {
        return element.getTextContent().strip();
      }
    }
    throw new AssertionError(file + " logs nothing");
  }

  private static List<Element> elements(Path file)
      throws IOException, SAXException, ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    NodeList nodes = factory.newDocumentBuilder().parse(file.toFile()).getElementsByTagName("*");
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  private static String described(Element element) {
    Set<String> words = new TreeSet<>();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      Node attribute = element.getAttributes().item(i);
      words.add(attribute.getNodeName());
    }
    return (element.getTagName() + " " + String.join(" ", words)).strip();
  }

  private static Set<String> namesOf(String expression) {
    Set<String> names = new TreeSet<>();
    StringBuilder name = new StringBuilder();
    for (char c : (withoutLiterals(expression) + " ").toCharArray()) {
      if (Character.isLetter(c) || c == '_' || (Character.isDigit(c) && !name.isEmpty())) {
        name.append(c);
      } else if (!name.isEmpty()) {
        names.add(name.toString());
        name.setLength(0);
      }
    }
    return names;
  }

  /** Our expressions hold no escape within a literal, and no comment. */
  private static String withoutLiterals(String expression) {
    assertThat(expression).doesNotContain("\\", "//", "/*", "@\"", "$\"");
    StringBuilder rest = new StringBuilder();
    char closing = 0;
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (closing == 0 && (c == '"' || c == '\'')) {
        closing = c;
      } else if (c == closing) {
        closing = 0;
      } else if (closing == 0) {
        rest.append(c);
      }
    }
    assertThat(closing).isEqualTo((char) 0);
    return rest.toString();
  }
}
