package dev.lockstep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Tokens that the shipped policies let in and refuse, by issuer and audience as the policy
 * reference of API Management has them checked. Entra issues v1.0 tokens for an API whose
 * registration sets no version (null), and puts into their audience what the client asked for.
 */
class PolicyTokensTest {
  private static final String TENANT = "aaaabbbb-cccc-dddd-eeee-ffff00001111";
  private static final String API = "33334444-5555-6666-7777-88889999aaaa";
  private static final String OTHER = "99998888-7777-6666-5555-444433332222";
  private static final String V1 = "https://sts.windows.net/" + TENANT + "/";
  private static final String V2 = "https://login.microsoftonline.com/" + TENANT + "/v2.0";

  private static final String LOGIN = "https://login.microsoftonline.com/";
  private static final String DOCUMENT = "/.well-known/openid-configuration";

  /** Claims of a token, and whether it is the API's. */
  record Presented(String version, String issuer, String audience, boolean accepted) {}

  private static final List<Presented> TOKENS =
      List.of(
          new Presented("v1.0", V1, API, true),
          new Presented("v1.0", V1, "api://" + API, true),
          new Presented("v2.0", V2, API, true),
          new Presented("v2.0", V2, "api://" + API, true),
          new Presented("v1.0", V1, OTHER, false),
          new Presented("v2.0", V2, "api://" + OTHER, false),
          new Presented("v1.0", "https://sts.windows.net/" + OTHER + "/", API, false),
          new Presented("v2.0", LOGIN + OTHER + "/v2.0", API, false),
          new Presented("v1.0", "https://sts.windows.net/" + TENANT, API, false),
          new Presented("v2.0", "https://login.example/" + TENANT + "/v2.0", API, false));

  /** One policy file and one token. */
  record Case(Path policy, Presented token) {}

  static Stream<Case> cases() throws Exception {
    return policies("jwt-").flatMap(file -> TOKENS.stream().map(token -> new Case(file, token)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void letsInTokensOfTheApi_ofBothVersions(Case at) throws Exception {
    Document policy = parsed(at.policy());
    boolean known = texts(policy, "issuer").contains(at.token().issuer());
    boolean ours = texts(policy, "audience").contains(at.token().audience());
    assertThat(known && ours).isEqualTo(at.token().accepted());
  }

  static Stream<Path> policies(String prefix) throws Exception {
    return PolicyFilesTest.files().filter(file -> file.getFileName().toString().startsWith(prefix));
  }

  static Stream<Path> jwtPolicies() throws Exception {
    return policies("jwt-");
  }

  static Stream<Path> entraPolicies() throws Exception {
    return policies("entra-");
  }

  /** The signing keys of an issuer are those that its own metadata document lists. */
  @ParameterizedTest
  @MethodSource("jwtPolicies")
  void fetchesTheKeysOfEachIssuerThatItLetsIn(Path file) throws Exception {
    Document policy = parsed(file);
    List<String> issuers = new ArrayList<>();
    NodeList configs = policy.getElementsByTagName("openid-config");
    for (int i = 0; i < configs.getLength(); i++) {
      issuers.add(issuerOf(named(((Element) configs.item(i)).getAttribute("url"))));
    }
    assertThat(texts(policy, "issuer")).containsExactlyInAnyOrderElementsOf(issuers);
  }

  /** {@code validate-azure-ad-token} knows both issuers of its tenant by itself. */
  @ParameterizedTest
  @MethodSource("entraPolicies")
  void letsInBothAudiences(Path file) throws Exception {
    assertThat(texts(parsed(file), "audience")).containsExactly(API, "api://" + API);
  }

  private static String issuerOf(String url) {
    assertThat(url).startsWith(LOGIN + TENANT).endsWith(DOCUMENT);
    return switch (url.substring((LOGIN + TENANT).length(), url.length() - DOCUMENT.length())) {
      case "" -> V1;
      case "/v2.0" -> V2;
      default -> throw new AssertionError(url + " is no metadata document of Entra");
    };
  }

  private static Document parsed(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory.newDocumentBuilder().parse(file.toFile());
  }

  private static List<String> texts(Document policy, String element) {
    NodeList nodes = policy.getElementsByTagName(element);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(named(nodes.item(i).getTextContent().strip()));
    }
    return texts;
  }

  /** Puts the named values in. */
  private static String named(String text) {
    String done =
        text.replace("{{lockstep-tenant-id}}", TENANT).replace("{{lockstep-api-id}}", API);
    assertThat(done).doesNotContain("{{");
    return done;
  }
}
