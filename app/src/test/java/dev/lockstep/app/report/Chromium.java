package dev.lockstep.app.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Page of a headless Chromium, driven by its DevTools protocol over two pipes. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");
  private static final long TIMEOUT_SECONDS = 60;
  private static final long CHILDREN_SECONDS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final LinkedBlockingQueue<JsonNode> arrived = new LinkedBlockingQueue<>();
  private final List<JsonNode> events = new ArrayList<>();
  private @Nullable String session;
  private int lastId;

  private Chromium(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "chromium-reader");
    reader.setDaemon(true);
    reader.start();
  }

  /** Returns the Chromium that CHROMIUM names, else the first on the PATH, or null. */
  static @Nullable Path find() {
    String named = System.getenv("CHROMIUM");
    if (named != null) {
      return Path.of(named);
    }
    String path = System.getenv("PATH");
    return Stream.of((path == null ? "" : path).split(File.pathSeparator, -1))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /** Starts a browser with an empty page. */
  static Chromium start(Path program, Path profile) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null",
                "sh",
                program.toString(),
                "--headless",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--remote-debugging-pipe",
                "--user-data-dir=" + profile));
    if ("root".equals(System.getProperty("user.name"))) {
      command.add("--no-sandbox"); // Chromium has none for root
    }
    Chromium browser = new Chromium(new ProcessBuilder(command).start());
    JsonNode target = browser.send("Target.createTarget", Map.of("url", "about:blank"));
    browser.session =
        browser
            .send(
                "Target.attachToTarget",
                Map.of("targetId", target.get("targetId").asText(), "flatten", true))
            .get("sessionId")
            .asText();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      browser.send(domain + ".enable", Map.of());
    }
    browser.send("Performance.enable", Map.of("timeDomain", "threadTicks"));
    return browser;
  }

  private void read() {
    try (InputStream in = new BufferedInputStream(process.getInputStream())) {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next == 0) {
          arrived.add(JSON.readTree(message.toByteArray()));
          message.reset();
        } else {
          message.write(next);
        }
      }
    } catch (IOException e) {
      arrived.add(JSON.createObjectNode().put("method", "closed").put("why", e.toString()));
    }
  }

  /** Sends a command and returns its result. */
  JsonNode send(String method, Map<String, ?> params) throws InterruptedException {
    int id = ++lastId;
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", params);
    if (session != null) {
      message.put("sessionId", session);
    }
    try {
      process.getOutputStream().write((JSON.writeValueAsString(message) + "\0").getBytes(UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (true) {
      JsonNode answer = next(method);
      if (answer.path("id").asInt() == id) {
        if (answer.has("error")) {
          throw new AssertionError(method + ": " + answer.get("error"));
        }
        return answer.get("result");
      }
      events.add(answer);
    }
  }

  private JsonNode next(String waitingFor) throws InterruptedException {
    JsonNode message = arrived.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("the browser gave no answer to " + waitingFor);
    }
    return message;
  }

  /** Opens a file, from an empty page, and waits until it is loaded. */
  void open(Path file, String hash) throws InterruptedException {
    navigate("about:blank");
    navigate(file.toUri() + hash);
  }

  /** Opens an address, and waits until it is loaded. */
  void open(URI address) throws InterruptedException {
    navigate(address.toString());
  }

  /** Clicks on an element that leads to another page, and waits until that is loaded. */
  void click(String selector) throws InterruptedException {
    int before = events.size();
    evaluate("document.querySelector('" + selector + "').click()");
    awaitLoad(before);
  }

  /** Forgets all events so far. */
  void forget() {
    events.clear();
  }

  private void navigate(String url) throws InterruptedException {
    int before = events.size();
    send("Page.navigate", Map.of("url", url));
    awaitLoad(before);
  }

  private void awaitLoad(int before) throws InterruptedException {
    while (events.stream().skip(before).noneMatch(each -> is(each, "Page.loadEventFired"))) {
      events.add(next("a load"));
    }
  }

  private static boolean is(JsonNode event, String method) {
    return event.path("method").asText().equals(method);
  }

  /** Returns the value of an expression, of which a promise is awaited. */
  JsonNode evaluate(String expression) throws InterruptedException {
    JsonNode answer =
        send(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.get("result").path("value");
  }

  /** Returns the processor time of the page's main thread since the page was begun, in millis. */
  double processorMillis() throws InterruptedException {
    for (JsonNode metric : send("Performance.getMetrics", Map.of()).get("metrics")) {
      if (metric.get("name").asText().equals("TaskDuration")) {
        return metric.get("value").asDouble() * 1_000;
      }
    }
    throw new AssertionError("the browser does not say how much time its tasks took");
  }

  /** Sets the size of the page. */
  void size(int width, int height) throws InterruptedException {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  /** Presses a key. */
  void press(String key) throws InterruptedException {
    Map<String, Object> down = new LinkedHashMap<>(Map.of("type", "keyDown", "key", key));
    if (key.length() == 1) {
      down.put("text", key);
    }
    send("Input.dispatchKeyEvent", down);
    send("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key));
    evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))");
  }

  /** Returns a picture of a part of the page, over its whole width. */
  byte[] picture(int top, int width, int height) throws InterruptedException {
    JsonNode answer =
        send(
            "Page.captureScreenshot",
            Map.of(
                "format",
                "png",
                "clip",
                Map.of("x", 0, "y", top, "width", width, "height", height, "scale", 1)));
    return Base64.getDecoder().decode(answer.get("data").asText());
  }

  /** Returns the addresses of everything that was requested. */
  List<String> requests() {
    return events.stream()
        .filter(each -> is(each, "Network.requestWillBeSent"))
        .map(each -> each.at("/params/request/url").asText())
        .filter(url -> !url.equals("about:blank"))
        .toList();
  }

  /**
   * Returns errors, warnings of the browser, dialogs, and words that a page wrote to the console.
   */
  List<String> complaints() {
    return events.stream()
        .filter(
            each ->
                is(each, "Runtime.exceptionThrown")
                    || is(each, "Runtime.consoleAPICalled")
                    || is(each, "Log.entryAdded")
                    || is(each, "Page.javascriptDialogOpening")
                    || is(each, "closed"))
        .map(JsonNode::toString)
        .toList();
  }

  /** Ends the browser and its child processes, which write to the profile until they end. */
  @Override
  public void close() throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    CompletableFuture.allOf(
            children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, CHILDREN_SECONDS, TimeUnit.SECONDS)
        .join();
  }
}
