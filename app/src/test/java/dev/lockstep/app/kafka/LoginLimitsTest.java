package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginLimitsTest {
  private static final List<String> PROPERTIES =
      List.of(
          "org.apache.kafka.sasl.oauthbearer.allowed.urls",
          "org.apache.kafka.sasl.oauthbearer.allowed.files",
          "org.apache.kafka.allowed.login.modules");
  private static final String BEARER =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
          + " clientId=\"lockstep\" clientSecret=\"hunter2\";";

  @TempDir Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private final Map<String, String> before = new HashMap<>();
  private HttpServer tokens;

  @BeforeEach
  void start() throws Exception {
    PROPERTIES.forEach(
        one -> {
          String value = System.getProperty(one);
          if (value != null) {
            before.put(one, value);
          }
          System.clearProperty(one);
        });
    tokens = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tokens.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(500, -1);
        });
    tokens.start();
  }

  @AfterEach
  void stop() {
    tokens.stop(0);
    PROPERTIES.forEach(System::clearProperty);
    before.forEach(System::setProperty);
  }

  private String url() {
    return "http://127.0.0.1:" + tokens.getAddress().getPort() + "/token";
  }

  private static void open(Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("bootstrap.servers", "127.0.0.1:1");
    properties.put("security.protocol", "SASL_PLAINTEXT");
    properties.put("sasl.login.retry.backoff.max.ms", 100);
    new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .close();
  }

  private Map<String, Object> byUrl() {
    return Map.of(
        "sasl.mechanism",
        "OAUTHBEARER",
        "sasl.jaas.config",
        BEARER,
        "sasl.oauthbearer.token.endpoint.url",
        url(),
        "sasl.login.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler");
  }

  @Test
  void noPropertySendsASecretToAUrl() {
    LoginLimits.set();
    assertThatThrownBy(() -> open(byUrl()))
        .hasStackTraceContaining("cannot be accessed due to restrictions");
    assertThat(asked).hasValue(0);
  }

  @Test
  void whoStartsJavaMayAllowOne() {
    System.setProperty(PROPERTIES.get(0), url());
    LoginLimits.set();
    assertThatThrownBy(() -> open(byUrl()));
    assertThat(asked.get()).as("the secret went there").isPositive();
  }

  @Test
  void noPropertyReadsAFileAsAToken() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "a.b.c");
    LoginLimits.set();
    Map<String, Object> properties = new HashMap<>(byUrl());
    properties.put("sasl.oauthbearer.token.endpoint.url", file.toUri().toString());
    assertThatThrownBy(() -> open(properties))
        .hasStackTraceContaining("cannot be accessed due to restrictions");
  }

  @Test
  void noPropertyMakesALoginModuleThatIsNotUsual() {
    LoginLimits.set();
    for (String module :
        List.of(
            "com.sun.security.auth.module.JndiLoginModule",
            "com.sun.security.auth.module.LdapLoginModule",
            "com.sun.security.auth.module.KeyStoreLoginModule")) {
      assertThatThrownBy(
              () ->
                  open(
                      Map.of("sasl.mechanism", "PLAIN", "sasl.jaas.config", module + " required;")))
          .hasStackTraceContaining(module);
    }
    for (String module : List.of("plain.PlainLoginModule", "scram.ScramLoginModule")) {
      assertThatCode(
              () ->
                  open(
                      Map.of(
                          "sasl.mechanism",
                          module.startsWith("plain") ? "PLAIN" : "SCRAM-SHA-256",
                          "sasl.jaas.config",
                          "org.apache.kafka.common.security."
                              + module
                              + " required username=\"u\" password=\"p\";")))
          .doesNotThrowAnyException();
    }
  }
}
