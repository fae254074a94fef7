package dev.lockstep.capture.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.capture.demo.Observed.Spot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads a capture's records, every event once, by the specification and nothing else. */
public final class CaptureReading {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter AMERICAN =
      DateTimeFormatter.ofPattern("M/d/uuuu h:mm:ss a", Locale.US);
  private static final Map<String, String> BY_SUBSCRIPTION =
      Map.of("fabrikam-prod", "fabrikam", "litware-test", "litware", "woodgrove-live", "woodgrove");

  private final NetworkReading networks;
  private final Map<String, JsonNode> links = new HashMap<>();
  private final Map<String, String> peers = new HashMap<>();
  private final Map<String, Observed> observed = new LinkedHashMap<>();

  private CaptureReading(NetworkReading networks) {
    this.networks = networks;
  }

  /** Returns the sign-ins and calls of a folder that are not kept out of the rules. */
  static List<Observed> of(Path folder) throws IOException {
    CaptureReading reading =
        new CaptureReading(new NetworkReading(Files.readAllLines(folder.resolve("networks.csv"))));
    for (JsonNode link : lines(folder.resolve("links.jsonl.gz"))) {
      reading.links.put(link.get("correlationId").textValue(), link);
    }
    for (JsonNode message : lines(folder.resolve("frontdoor.jsonl.gz"))) {
      message.get("records").forEach(reading::edge);
    }
    for (String file : List.of("signins.jsonl.gz", "gateway.jsonl.gz", "graph.jsonl.gz")) {
      for (JsonNode message : lines(folder.resolve(file))) {
        message.get("records").forEach(reading::record);
      }
    }
    return List.copyOf(reading.observed.values());
  }

  public static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }

  private void record(JsonNode item) {
    String category = item.path("category").asText("");
    if (category.endsWith("SignInLogs")) {
      signIn(item, category.equals("SignInLogs"));
    } else if (category.equals("GatewayLogs")) {
      call(item);
    } else if (category.equals("MicrosoftGraphActivityLogs")) {
      graph(item);
    }
  }

  private void edge(JsonNode item) {
    JsonNode properties = item.get("properties");
    peers.put(
        properties.get("trackingReference").textValue(),
        properties.path(properties.has("socketIp") ? "socketIp" : "socketIP").textValue());
  }

  private void graph(JsonNode item) {
    JsonNode properties = item.get("properties");
    int status = properties.get("responseStatusCode").intValue();
    boolean user = properties.get("C_Idtyp").textValue().equals("user");
    observed.put(
        "graph" + properties.get("requestId").textValue(),
        new Observed(
            true,
            instant(item.get("time").textValue()),
            status,
            !List.of(401, 403, 407, 429).contains(status),
            properties.get(user ? "userId" : "servicePrincipalId").textValue(),
            user,
            token(properties.get("signInActivityId").textValue()),
            0,
            true,
            user && !properties.get("clientAuthMethod").textValue().equals("0"),
            false,
            "",
            false,
            "",
            "",
            "",
            networks.seen(properties.get("ipAddress").textValue(), 0, null)));
  }

  private void signIn(JsonNode item, boolean interactive) {
    JsonNode properties = item.get("properties");
    Instant at = instant(properties.get("createdDateTime").textValue());
    Instant arrival = instant(item.get("time").textValue());
    if (at.isAfter(arrival.plus(Duration.ofMinutes(5)))
        || at.isBefore(arrival.minus(Duration.ofDays(30)))
        || properties.at("/status/errorCode").intValue() != 0) {
      return;
    }
    JsonNode place = properties.path("location");
    JsonNode point = place.path("geoCoordinates");
    boolean known =
        point.path("latitude").asDouble(0) != 0 || point.path("longitude").asDouble(0) != 0;
    String city = place.path("city").asText("");
    Spot spot =
        new Spot(
            place.path("countryOrRegion").asText(""),
            city,
            known ? point.get("latitude").doubleValue() : Double.NaN,
            known ? point.get("longitude").doubleValue() : Double.NaN,
            city.isEmpty() ? 500 : 50);
    JsonNode device = properties.path("deviceDetail");
    boolean trusted =
        device.path("isManaged").asBoolean() || device.path("isCompliant").asBoolean();
    String address = properties.get("ipAddress").textValue();
    String credential = properties.path("clientCredentialType").asText("none");
    String agent = properties.at("/agent/agentType").asText("none");
    String user = properties.get("userId").textValue();
    observed.put(
        item.get("category").textValue() + properties.get("id").textValue(),
        new Observed(
            false,
            at,
            0,
            true,
            (user.isEmpty() ? properties.get("servicePrincipalId").textValue() : user)
                .toLowerCase(Locale.ROOT),
            !user.isEmpty(),
            token(properties.get("uniqueTokenIdentifier").textValue()),
            0,
            true,
            !interactive
                && !user.isEmpty()
                && !(credential.equals("none") && List.of("none", "notAgentic").contains(agent)),
            interactive
                && "singleFactorAuthentication"
                    .equals(properties.get("authenticationRequirement").textValue())
                && !trusted,
            device.path("deviceId").asText(""),
            trusted,
            "",
            properties.get("userPrincipalName").textValue().toLowerCase(Locale.ROOT),
            "",
            address.isEmpty()
                ? null
                : networks.seen(
                    address, properties.path("autonomousSystemNumber").asLong(0), spot)));
  }

  private void call(JsonNode item) {
    JsonNode properties = item.get("properties");
    String id = item.get("correlationId").textValue();
    JsonNode traced = traced(properties.path("traceRecords"));
    JsonNode link = traced == null ? links.getOrDefault(id, JSON.nullNode()) : traced;
    int status = properties.path("responseCode").asInt(-1);
    boolean named = link.isObject() && link.path("validated").asBoolean(true);
    String address = client(item, link);
    String partner =
        BY_SUBSCRIPTION.getOrDefault(properties.path("apimSubscriptionId").asText(""), "");
    if (partner.isEmpty() && properties.path("productId").asText("").equals("tailspin-orders")) {
      partner = "tailspin";
    } else if (partner.isEmpty()
        && named
        && link.path("appid").asText("").equals(NetworkFiles.ADATUM_APP)) {
      partner = "adatum";
    }
    observed.put(
        "call" + id,
        new Observed(
            true,
            instant(item.get("time").textValue()),
            status,
            !List.of(-1, 401, 403, 407, 429).contains(status),
            link.path("oid").asText("").toLowerCase(Locale.ROOT),
            named && link.path("idtyp").asText("user").equals("user"),
            token(link.path("uti").asText("")),
            link.path("exp").asLong(0),
            named,
            link.path("azpacr").asInt(0) > 0
                || holds(link.path("actfct"), "11")
                || holds(link.path("subfct"), "13"),
            false,
            "",
            false,
            partner,
            "",
            properties.path("apimSubscriptionId").asText(""),
            address == null ? null : networks.seen(address, 0, null)));
  }

  private static boolean holds(JsonNode facets, String number) {
    return List.of(facets.asText("").split("[^0-9]+", -1)).contains(number);
  }

  private @Nullable String client(JsonNode item, JsonNode link) {
    String peer = item.get("callerIpAddress").textValue();
    if (!networks.proxy(peer)) {
      return peer;
    }
    JsonNode headers = item.at("/properties/requestHeaders");
    String behind =
        networks.behind(
            headers.path("X-Azure-SocketIP").asText(""),
            headers.path("X-Forwarded-For").asText(""));
    if (behind == null) {
      behind = networks.behind(link.path("socketIp").asText(""), link.path("xff").asText(""));
    }
    return behind != null
        ? behind
        : networks.behind(peers.getOrDefault(headers.path("X-Azure-Ref").asText(""), ""), "");
  }

  private static @Nullable JsonNode traced(JsonNode traces) {
    try {
      JsonNode list = traces.isTextual() ? JSON.readTree(traces.textValue()) : traces;
      for (JsonNode trace : list) {
        if (trace.path("source").asText("").equals("lockstep")) {
          JsonNode said = trace.has("message") ? trace.get("message") : trace.get("data");
          return said.isTextual() ? JSON.readTree(said.textValue()) : said;
        }
      }
      return null;
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Instant instant(String text) {
    return text.indexOf('/') < 0
        ? Instant.parse(text)
        : LocalDateTime.parse(text, AMERICAN).toInstant(ZoneOffset.UTC);
  }

  private static String token(String text) {
    if (text.length() == 48) {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII);
    }
    if (text.isEmpty()) {
      return "";
    }
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    long high = (bytes.getInt() & 0xFFFFFFFFL) << 32;
    high |= (bytes.getShort() & 0xFFFFL) << 16 | (bytes.getShort() & 0xFFFFL);
    bytes.order(ByteOrder.BIG_ENDIAN);
    return new UUID(high, bytes.getLong()).toString();
  }
}
