package dev.lockstep.ingest.azure;

import com.azure.core.credential.AccessToken;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensionsCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OAuth login of a Kafka client with the tokens of an {@link AzureIdentity}. It serves the first
 * login and each renewal.
 *
 * <p>Public because Kafka's client creates it. Identity and scope are properties of the client.
 * Their names begin with {@code sasl.}, so that clients of two identities do not share a login.
 */
public final class AzureLogin implements AuthenticateCallbackHandler {
  static final String IDENTITY = "sasl.lockstep.identity";
  static final String SCOPE = "sasl.lockstep.scope";
  private static final Logger LOG = LoggerFactory.getLogger(AzureLogin.class);

  private @Nullable AzureIdentity identity;
  private String scope = "";
  private boolean given;
  private boolean refused;

  /** Creates a login, which {@link #configure} completes. */
  public AzureLogin() {}

  @Override
  public void configure(
      Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
    if (!(configs.get(IDENTITY) instanceof AzureIdentity ours)
        || !(configs.get(SCOPE) instanceof String what)) {
      throw new IllegalArgumentException(
          "could not log in by %s: the client's properties lack %s or %s"
              .formatted(mechanism, IDENTITY, SCOPE));
    }
    identity = ours;
    scope = what;
  }

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (callback instanceof OAuthBearerTokenCallback asked) {
        answer(asked);
      } else if (!(callback instanceof SaslExtensionsCallback)) {
        throw new UnsupportedCallbackException(callback);
      }
    }
  }

  private synchronized void answer(OAuthBearerTokenCallback asked) {
    AzureIdentity who = identity;
    if (who == null) {
      throw new IllegalStateException("a token was requested before the login was configured");
    }
    try {
      asked.token(new Token(who.token(scope), who.auth(), scope));
      if (refused) {
        LOG.info("the identity (auth: {}) gets tokens for {} again", who.auth(), scope);
      }
      given = true;
      refused = false;
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      // If the first request is refused, the client fails, and its creator reports the reason.
      if (given && !refused) {
        LOG.warn(
            "{}; this instance uses its present token until the token expires, and keeps"
                + " requesting a new one",
            why);
        refused = true;
      }
      asked.error("no_token", why, null);
    }
  }

  @Override
  public void close() {}

  /** Token as Kafka's client needs it. Its text form hides its value. */
  private record Token(AccessToken token, String principalName, String audience)
      implements OAuthBearerToken {
    @Override
    public String value() {
      return token.getToken();
    }

    @Override
    public Set<String> scope() {
      return Set.of(audience);
    }

    @Override
    public long lifetimeMs() {
      return token.getExpiresAt().toInstant().toEpochMilli();
    }

    @Override
    public @Nullable Long startTimeMs() {
      return null;
    }

    @Override
    public String toString() {
      return "Token[" + principalName + "]";
    }
  }
}
