package dev.lockstep.app.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The endpoint that gives a machine's identity its tokens, as Azure's App Service has it, and the
 * keys by which others check them; on loopback.
 */
final class FakeIdentityEndpoint implements AutoCloseable {
  static final String ISSUER = "https://sts.example.test/";
  private static final String HEADER = "a-header-of-the-platform";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /** Made once: without the second compiler it takes a second or two. */
  private static final KeyPair KEYS = keys();

  private final HttpServer server;
  private final long lifeSeconds;
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private volatile boolean forgetful;

  private FakeIdentityEndpoint(HttpServer server, long lifeSeconds) {
    this.server = server;
    this.lifeSeconds = lifeSeconds;
  }

  /** Starts one whose tokens live for some seconds. */
  static FakeIdentityEndpoint start(long lifeSeconds) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FakeIdentityEndpoint fake = new FakeIdentityEndpoint(server, lifeSeconds);
    server.createContext("/keys", exchange -> answer(exchange, 200, fake.keySet()));
    server.createContext("/token", fake::token);
    server.start();
    return fake;
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has RSA", e);
    }
  }

  /** From now on the machine has no identity. */
  void forget() {
    forgetful = true;
  }

  /** Returns what the environment of a machine with an identity has. */
  Map<String, String> variables() {
    return Map.of("IDENTITY_ENDPOINT", url("/token"), "IDENTITY_HEADER", HEADER);
  }

  String keysUrl() {
    return url("/keys");
  }

  /** Returns the tokens that were given. */
  List<String> tokens() {
    return List.copyOf(tokens);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void token(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    int start = query.indexOf("resource=");
    if (forgetful
        || start < 0
        || !HEADER.equals(exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"))) {
      answer(
          exchange,
          400,
          "{\"statusCode\":400,\"message\":\"no managed identity is assigned to this machine\"}");
      return;
    }
    int end = query.indexOf('&', start);
    String resource = query.substring(start + 9, end < 0 ? query.length() : end);
    long now = Instant.now().getEpochSecond();
    long expires = now + lifeSeconds;
    String token = signed(resource, now, expires);
    tokens.add(token);
    answer(
        exchange,
        200,
        "{\"access_token\":\"%s\",\"expires_on\":\"%d\",\"resource\":\"%s\",\"token_type\":\"Bearer\",\"client_id\":\"c\"}"
            .formatted(token, expires, resource));
  }

  private String signed(String audience, long from, long to) {
    String claims =
        "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"the-machine\",\"iat\":%d,\"nbf\":%d,\"exp\":%d,\"jti\":\"%d\"}"
            .formatted(ISSUER, audience, from, from, to, tokens.size());
    String body = text("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"one\"}") + "." + text(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(KEYS.getPrivate());
      signature.update(body.getBytes(StandardCharsets.US_ASCII));
      return body + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String keySet() {
    RSAPublicKey key = (RSAPublicKey) KEYS.getPublic();
    return "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"one\",\"n\":\"%s\",\"e\":\"%s\"}]}"
        .formatted(unsigned(key.getModulus()), unsigned(key.getPublicExponent()));
  }

  private static String unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return BASE64.encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private static String text(String json) {
    return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
