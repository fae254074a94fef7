package dev.lockstep.ingest.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import dev.lockstep.ingest.amqp.AmqpIngest;
import dev.lockstep.ingest.amqp.AmqpSourceConfig;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AzureLoginTest {
  private static final String SCOPE = "https://contoso.servicebus.windows.net/.default";
  private static final OffsetDateTime EXPIRES =
      OffsetDateTime.of(2026, 11, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  private final List<String> scopes = new ArrayList<>();
  private boolean refusing;

  private final TokenCredential credential =
      new TokenCredential() {
        @Override
        public Mono<AccessToken> getToken(TokenRequestContext asked) {
          scopes.addAll(asked.getScopes());
          return refusing
              ? Mono.error(
                  new ClientAuthenticationException("AADSTS7000222: the secret\nhas expired", null))
              : Mono.just(new AccessToken("a.secret.token", EXPIRES));
        }
      };

  @Test
  void givesATokenOfTheNamespace_andShowsNothingOfIt() throws Exception {
    OAuthBearerTokenCallback asked = ask(login());
    assertThat(asked.token().value()).isEqualTo("a.secret.token");
    assertThat(asked.token().lifetimeMs()).isEqualTo(EXPIRES.toInstant().toEpochMilli());
    assertThat(asked.token().principalName()).isEqualTo("client-secret");
    assertThat(asked.token().scope()).containsExactly(SCOPE);
    assertThat(scopes).containsExactly(SCOPE);
    assertThat(asked.token().toString()).doesNotContain("secret.token");
  }

  @Test
  void saysWhichAuth_whatAzureSaid_andTheMend() throws Exception {
    refusing = true;
    OAuthBearerTokenCallback asked = ask(login());
    assertThat(asked.token()).isNull();
    assertThat(asked.errorDescription())
        .isEqualTo(
            "could not get a token by auth client-secret for "
                + SCOPE
                + ": AADSTS7000222: the secret has expired; check tenantId, clientId and"
                + " clientSecret, and that the secret has not expired");
  }

  @Test
  void givesTheNextToken_afterARefusal() throws Exception {
    AzureLogin login = login();
    ask(login);
    refusing = true;
    assertThat(ask(login).token()).isNull();
    refusing = false;
    assertThat(ask(login).token()).isNotNull();
  }

  @Test
  void refusesAClientThatNamesNoIdentity() {
    assertThatThrownBy(() -> new AzureLogin().configure(Map.of(), "OAUTHBEARER", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(AzureLogin.IDENTITY);
  }

  @Test
  void answersNothingElse() {
    assertThatThrownBy(() -> login().handle(new Callback[] {new NameCallback("who?")}))
        .isInstanceOf(UnsupportedCallbackException.class);
  }

  @Test
  void asksTheNamespacesCloud_whateverAVariableSays() {
    assertThat(AzureIdentity.authorityHost("contoso.servicebus.windows.net"))
        .isEqualTo("https://login.microsoftonline.com/");
    assertThat(AzureIdentity.authorityHost("Contoso.Servicebus.UsGovCloudApi.net"))
        .isEqualTo("https://login.microsoftonline.us/");
    assertThat(AzureIdentity.authorityHost("contoso.servicebus.chinacloudapi.cn"))
        .isEqualTo("https://login.chinacloudapi.cn/");
    assertThat(AzureIdentity.authorityHost("usgovcloudapi.net.evil.example"))
        .isEqualTo("https://login.microsoftonline.com/");
  }

  @Test
  void asksThroughTheProxyOfASource_forClaims() throws Exception {
    List<Boolean> throughProxy = new ArrayList<>();
    AzureIdentity identity =
        new AzureIdentity(
            "client-secret",
            web -> {
              throughProxy.add(web != null);
              return credential;
            });
    AmqpSourceConfig source =
        new AmqpSourceConfig(
            "src",
            "contoso.servicebus.windows.net",
            "signins",
            AmqpSourceConfig.DEFAULT_GROUP,
            new AmqpSourceConfig.Identity(identity),
            null,
            true,
            new AmqpSourceConfig.Proxy("proxy.invalid", 3128, null, null),
            "earliest");
    assertThat(AmqpIngest.claims(source)).isNotNull();
    assertThat(throughProxy).containsExactly(true);
  }

  private AzureLogin login() {
    AzureLogin login = new AzureLogin();
    login.configure(
        Map.of(
            AzureLogin.IDENTITY,
            new AzureIdentity("client-secret", web -> credential),
            AzureLogin.SCOPE,
            SCOPE),
        "OAUTHBEARER",
        List.of());
    return login;
  }

  private static OAuthBearerTokenCallback ask(AzureLogin login) throws Exception {
    OAuthBearerTokenCallback asked = new OAuthBearerTokenCallback();
    login.handle(new Callback[] {asked});
    return asked;
  }
}
