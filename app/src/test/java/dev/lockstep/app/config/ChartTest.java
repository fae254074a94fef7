package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.lockstep.app.rules.ConfiguredRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Helm chart, linted and rendered by Helm's own library. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class ChartTest {
  private static final Path CHART = Path.of("../deploy/helm/lockstep");
  private static final Path PROMETHEUS = Path.of("../deploy/prometheus/lockstep.rules.yml");

  private static final String VALUES =
      """
      config:
        kafka: {bootstrapServers: "kafka:9092"}
        networks: networks.csv
        rules: {directories: [/etc/lockstep-rules]}
        sources:
          - name: signins
            type: event-hubs-kafka
            hub: insights-logs-signinlogs
            auth: connection-string
            connectionString: "${env:EVENTHUBS_CONNECTION_STRING}"
      files:
        networks.csv: |
          cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
          203.0.113.0/24,corporate,GB,London,51.5142,-0.0931,5,64500,"Contoso, head office"
      rules:
        mine.yml: |
          title: Role added by {{ hand }}
          id: 7d9a8c0e-41c1-4d0c-8f3e-5a1f0f0c2b11
          logsource: {product: azure, service: auditlogs}
          detection:
            selection: {operationName|expand: "%granted%"}
            condition: selection
          level: low
        placeholders.yaml: |
          granted: Add member to role
      secrets:
        - {name: EVENTHUBS_CONNECTION_STRING, secret: hub, key: connectionString}
      """;

  private static final String EVERYTHING =
      VALUES
          + """
      workloadIdentity: {enabled: true, clientId: 11111111-2222-3333-4444-555555555555, tenantId: t}
      serviceMonitor: {enabled: true, labels: {release: prometheus}}
      prometheusRule: {enabled: true, runbooks: "https://docs.example/"}
      dashboards: {enabled: true}
      autoscaling: {enabled: true, prometheus: "http://prometheus:9090"}
      persistence: {enabled: true, size: 20Gi, storageClass: fast}
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway}
      """;

  @TempDir Path folder;

  @Test
  void passesHelmsLint() {
    LintResult result = new Helm(CHART).lint().strict().call();
    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
  }

  @Test
  void hasTheVersionOfThePoms() throws Exception {
    Map<?, ?> chart = (Map<?, ?>) load(Files.readString(CHART.resolve("Chart.yaml"), UTF_8)).get(0);
    String pom = Files.readString(Path.of("pom.xml"), UTF_8);
    int start = pom.indexOf("<version>") + "<version>".length();
    String version = pom.substring(start, pom.indexOf("</version>", start));
    assertThat(chart.get("version")).isEqualTo(version);
    assertThat(chart.get("appVersion")).isEqualTo(version);
  }

  @Test
  void runsInstances_withAPlaceAndAnIdentityOfTheirOwn_thatMayWriteOnlyState() throws Exception {
    Map<String, Map<?, ?>> objects = rendered(VALUES);
    assertThat(objects.keySet())
        .containsExactly(
            "ConfigMap/lockstep",
            "ConfigMap/lockstep-rules",
            "PodDisruptionBudget/lockstep",
            "Service/lockstep",
            "ServiceAccount/lockstep",
            "StatefulSet/lockstep");
    Map<?, ?> set = map(objects, "StatefulSet/lockstep");
    assertThat(at(set, "spec", "replicas")).isEqualTo(2);
    Map<?, ?> pod = map(set, "spec", "template", "spec");
    assertThat(at(pod, "terminationGracePeriodSeconds")).isEqualTo(30);
    assertThat(at(pod, "securityContext", "runAsNonRoot")).isEqualTo(true);
    Map<?, ?> container = (Map<?, ?>) list(pod, "containers").get(0);
    assertThat(at(container, "securityContext", "readOnlyRootFilesystem")).isEqualTo(true);
    assertThat(at(container, "securityContext", "capabilities", "drop")).isEqualTo(List.of("ALL"));
    assertThat(at(container, "livenessProbe", "httpGet", "path")).isEqualTo("/health/live");
    assertThat(at(container, "readinessProbe", "httpGet", "path")).isEqualTo("/health/ready");
    assertThat(named(list(container, "volumeMounts"), "mountPath"))
        .containsOnlyKeys("state", "tmp", "config", "rules");
    List<Object> volumes = new ArrayList<>(list(pod, "volumes"));
    for (Object claim : list(set, "spec", "volumeClaimTemplates")) {
      volumes.add(at(claim, "metadata"));
    }
    assertThat(named(volumes, "name")).containsOnlyKeys("state", "tmp", "config", "rules");
    Map<?, ?> selector = map(set, "spec", "selector", "matchLabels");
    Map<?, ?> labels = map(set, "spec", "template", "metadata", "labels");
    selector.forEach((key, value) -> assertThat(labels.get(key)).isEqualTo(value));
    assertThat(at(objects, "Service/lockstep", "spec", "selector")).isEqualTo(selector);
    assertThat(at(objects, "PodDisruptionBudget/lockstep", "spec", "selector", "matchLabels"))
        .isEqualTo(selector);
  }

  @Test
  void mountsAConfigurationThatTheServiceTakes() throws Exception {
    Map<String, Map<?, ?>> objects = rendered(VALUES);
    Path rules = mounted(map(objects, "ConfigMap/lockstep-rules", "data"), "rules");
    Path files = mounted(map(objects, "ConfigMap/lockstep", "data"), "config");
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        Files.readString(files.resolve("lockstep.yaml"))
            .replace("/etc/lockstep-rules", rules.toString())
            .replace("networks.csv", files.resolve("networks.csv").toString()));
    Map<String, String> environment = new LinkedHashMap<>();
    Map<?, ?> pod = map(objects, "StatefulSet/lockstep", "spec", "template", "spec");
    for (Object variable : list(list(pod, "containers").get(0), "env")) {
      Object value = ((Map<?, ?>) variable).get("value");
      environment.put(
          (String) at(variable, "name"), value == null ? "Endpoint=sb://x" : (String) value);
    }
    Config config = Config.read(file, environment);
    assertThat(config.sources()).extracting(Config.Source::name).containsExactly("signins");
    assertThat(config.metrics()).isEqualTo(new Config.Metrics("0.0.0.0", 9404));
    assertThat(config.kafka().stateDir()).isEqualTo(Path.of("/var/lib/lockstep/state"));
    assertThat(config.rules().all()).extracting(ConfiguredRule::id).containsOnlyOnce("mine");
  }

  @Test
  void bringsTheAlarmsAndDashboardsOfDeploy_whereTheyAreWanted() throws Exception {
    Map<String, Map<?, ?>> objects = rendered(EVERYTHING);
    Map<?, ?> groups = map(objects, "PrometheusRule/lockstep", "spec");
    String alarms = Files.readString(PROMETHEUS, UTF_8);
    assertThat(groups)
        .isEqualTo(
            load(alarms.replace("runbook_url: docs/", "runbook_url: https://docs.example/docs/"))
                .get(0));
    Map<?, ?> dashboards = map(objects, "ConfigMap/lockstep-dashboards", "data");
    assertThat(dashboards.keySet()).hasSize(4);
    for (Map.Entry<?, ?> dashboard : dashboards.entrySet()) {
      String file = ((String) dashboard.getKey()).substring("lockstep-".length());
      assertThat(load((String) dashboard.getValue()))
          .isEqualTo(load(Files.readString(Path.of("../deploy/grafana", file), UTF_8)));
    }
    assertThat(at(objects, "ServiceAccount/lockstep", "metadata", "annotations"))
        .isEqualTo(
            Map.of(
                "azure.workload.identity/client-id", "11111111-2222-3333-4444-555555555555",
                "azure.workload.identity/tenant-id", "t"));
    assertThat(
            at(
                objects,
                "StatefulSet/lockstep",
                "spec",
                "template",
                "metadata",
                "labels",
                "azure.workload.identity/use"))
        .isEqualTo("true");
    assertThat(map(objects, "StatefulSet/lockstep", "spec").get("replicas")).isNull();
    assertThat(objects).containsKeys("ScaledObject/lockstep", "ServiceMonitor/lockstep");
  }

  @Test
  void refusesValuesThatItDoesNotKnow_andAConfigurationThatIsMissing() {
    assertThatThrownBy(() -> rendered(VALUES + "replica: 3\n")).hasMessageContaining("replica");
    assertThatThrownBy(() -> rendered("replicas: 3\n")).hasMessageContaining("config is empty");
    assertThatThrownBy(() -> rendered(VALUES.replace("[/etc/lockstep-rules]", "[]")))
        .hasMessageContaining("config.rules.directories");
    assertThatThrownBy(() -> rendered(VALUES + "autoscaling: {enabled: true}\n"))
        .hasMessageContaining("autoscaling.prometheus");
  }

  /** Returns the objects by kind and name. */
  private Map<String, Map<?, ?>> rendered(String values) throws IOException {
    TemplateCommand template =
        new Helm(CHART)
            .template()
            .withName("lockstep")
            .withNamespace("security")
            .withKubeVersion("1.34.0")
            .withValuesFile(Files.writeString(folder.resolve("values.yaml"), values));
    Map<String, Map<?, ?>> objects = new TreeMap<>();
    for (Object document : load(template.call())) {
      Map<?, ?> object = (Map<?, ?>) document;
      Map<?, ?> before =
          objects.put(object.get("kind") + "/" + at(object, "metadata", "name"), object);
      assertThat(before).isNull();
    }
    return objects;
  }

  /** Writes files as a cluster mounts them: links to links to a hidden folder. */
  private Path mounted(Map<?, ?> data, String name) throws IOException {
    Path mount = Files.createDirectory(folder.resolve(name));
    Path version = Files.createDirectory(mount.resolve("..2026_11_28"));
    Files.createSymbolicLink(mount.resolve("..data"), version.getFileName());
    for (Map.Entry<?, ?> file : data.entrySet()) {
      String key = String.valueOf(file.getKey());
      Files.writeString(version.resolve(key), String.valueOf(file.getValue()));
      Files.createSymbolicLink(mount.resolve(key), Path.of("..data", key));
    }
    return mount;
  }

  private static List<Object> load(String yaml) {
    List<Object> documents = new ArrayList<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (document != null) {
        documents.add(document);
      }
    }
    return documents;
  }

  private static Map<String, Object> named(List<?> items, String key) {
    Map<String, Object> named = new TreeMap<>();
    for (Object item : items) {
      named.put((String) at(item, "name"), at(item, key));
    }
    return named;
  }

  private static Map<?, ?> map(Object node, String... path) {
    return (Map<?, ?>) at(node, path);
  }

  private static List<?> list(Object node, String... path) {
    return (List<?>) at(node, path);
  }

  private static Object at(Object node, String... path) {
    Object found = node;
    for (String key : path) {
      found = ((Map<?, ?>) found).get(key);
      assertThat(found).as(key).isNotNull();
    }
    return found;
  }
}
