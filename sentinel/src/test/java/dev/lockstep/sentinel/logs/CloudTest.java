package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

class CloudTest {
  @ParameterizedTest
  @CsvSource({
    "https://x.westeurope-1.ingest.monitor.azure.com, public",
    "https://x.usgovvirginia-1.ingest.monitor.AZURE.US, us-government",
    "https://x.chinanorth3-1.ingest.monitor.azure.cn, china",
    "https://ingest.contoso.example, public",
    "https://azure.us.evil.example, public"
  })
  void isToldByTheEndpoint(URI endpoint, String word) {
    assertThat(Cloud.of(endpoint).word()).isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({
    "PUBLIC, https://monitor.azure.com/.default, login.microsoftonline.com",
    "US_GOVERNMENT, https://monitor.azure.us/.default, login.microsoftonline.us",
    "CHINA, https://monitor.azure.cn/.default, login.chinacloudapi.cn"
  })
  void asksItsOwnIdentitiesForItsOwnTokens(Cloud cloud, String scope, String host) {
    assertThat(cloud.scope()).isEqualTo(scope);
    Set<String> asked = Collections.synchronizedSet(new TreeSet<>());
    HttpClient nobody =
        request -> {
          asked.add(request.getUrl().getHost());
          return Mono.error(new IOException("nobody is there"));
        };
    TokenCredential credential =
        AzureTokens.application(cloud, "contoso-tenant", "client", "s3cret")
            .httpClient(nobody)
            .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1))))
            .build();
    assertThatThrownBy(
            () -> credential.getTokenSync(new TokenRequestContext().addScopes(cloud.scope())))
        .hasMessageNotContaining("s3cret");
    assertThat(asked).containsExactly(host);
  }
}
