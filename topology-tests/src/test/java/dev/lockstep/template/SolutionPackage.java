package dev.lockstep.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Package of the solution in the form that Content hub calls version 3: a main template, whose
 * resources are templates of content, and the page that a portal shows at installation.
 *
 * <p>The names of variables and resources are those that the packaging tool of the Azure-Sentinel
 * repository gives.
 */
final class SolutionPackage {
  private static final String SCHEMA =
      "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
  private static final String INSIGHTS = "/Microsoft.SecurityInsights/";
  private static final String PROVIDERS = "Microsoft.OperationalInsights/workspaces/providers/";
  private static final String LOCATION = "[parameters('workspace-location')]";
  private static final String SOLUTION = "[variables('_solutionId')]";
  private static final String INSTALLED =
      "[extensionResourceId(resourceId('Microsoft.OperationalInsights/workspaces',"
          + " parameters('workspace')), 'Microsoft.SecurityInsights/contentPackages',"
          + " variables('_solutionId'))]";

  private final JsonNode data;
  private final JsonNode metadata;
  private final JsonNode connector;
  private final String name;
  private final String version;
  private final Map<String, Object> variables = new LinkedHashMap<>();
  private final List<Object> resources = new ArrayList<>();
  private final List<Object> dependencies = new ArrayList<>();

  private SolutionPackage() throws IOException {
    data = Solution.json(Solution.ROOT.resolve("Data").resolve("Solution_Lockstep.json"));
    metadata = Solution.json(Solution.ROOT.resolve("SolutionMetadata.json"));
    connector = Solution.json(Solution.CONNECTOR);
    name = data.path("Name").asText();
    version = data.path("Version").asText();
  }

  /** Returns the functions' parameters as a saved search takes them. */
  static String parameters(JsonNode parser) {
    List<String> parameters = new ArrayList<>();
    for (JsonNode one : parser.path("ParserParams")) {
      parameters.add(
          one.path("Name").asText()
              + ":"
              + one.path("Type").asText()
              + "="
              + one.path("Default").asText());
    }
    return String.join(",", parameters);
  }

  /** Returns the main template. */
  static Map<String, Object> mainTemplate() throws IOException {
    return new SolutionPackage().template();
  }

  /** Returns the page of the installation. */
  static Map<String, Object> page() throws IOException {
    return new SolutionPackage().createUiDefinition();
  }

  private Map<String, Object> template() throws IOException {
    variables.put("_solutionName", name);
    variables.put("_solutionVersion", version);
    variables.put(
        "solutionId",
        metadata.path("publisherId").asText() + "." + metadata.path("offerId").asText());
    variables.put("_solutionId", "[variables('solutionId')]");
    variables.put(
        "workspaceResourceId",
        "[resourceId('microsoft.OperationalInsights/Workspaces', parameters('workspace'))]");
    connector();
    int number = 0;
    for (JsonNode file : data.path("Parsers")) {
      parser(++number, Solution.yaml(Solution.ROOT.resolve(file.asText())));
    }
    workbook();
    number = 0;
    for (JsonNode file : data.path("Analytic Rules")) {
      rule(++number, file.asText());
    }
    number = 0;
    for (JsonNode file : data.path("Hunting Queries")) {
      hunt(++number, Solution.yaml(Solution.ROOT.resolve(file.asText())));
    }
    variables.put(
        "_solutioncontentProductId",
        "["
            + productId(
                "sl", "Solution", "variables('_solutionId')", "variables('_solutionVersion')")
            + "]");
    resources.add(contentPackage());
    return map(
        "$schema",
        SCHEMA,
        "contentVersion",
        "1.0.0.0",
        "metadata",
        map("author", name, "comments", "Solution template for " + name),
        "parameters",
        templateParameters(),
        "variables",
        variables,
        "resources",
        resources,
        "outputs",
        map());
  }

  private static Map<String, Object> templateParameters() {
    return map(
        "location",
        map(
            "type",
            "string",
            "minLength",
            1,
            "defaultValue",
            "[resourceGroup().location]",
            "metadata",
            map(
                "description",
                "Region of the resource group; the resources use workspace-location.")),
        "workspace-location",
        map(
            "type",
            "string",
            "defaultValue",
            "",
            "metadata",
            map(
                "description",
                "[concat('Region of the workspace, apart from ', parameters('location'))]")),
        "workspace",
        map(
            "type",
            "string",
            "defaultValue",
            "",
            "metadata",
            map("description", "Workspace for Log Analytics where Microsoft Sentinel is set up")),
        "workbook1-name",
        map(
            "type",
            "string",
            "defaultValue",
            "Lockstep",
            "minLength",
            1,
            "metadata",
            map("description", "Name for the workbook")));
  }

  private void connector() {
    String id = connector.path("id").asText();
    variables.put("uiConfigId1", id);
    variables.put("_uiConfigId1", "[variables('uiConfigId1')]");
    variables.put("dataConnectorContentId1", id);
    variables.put("_dataConnectorContentId1", "[variables('dataConnectorContentId1')]");
    variables.put(
        "dataConnectorId1",
        "[extensionResourceId(resourceId('Microsoft.OperationalInsights/workspaces',"
            + " parameters('workspace')), 'Microsoft.SecurityInsights/dataConnectors',"
            + " variables('_dataConnectorContentId1'))]");
    variables.put("_dataConnectorId1", "[variables('dataConnectorId1')]");
    variables.put(
        "dataConnectorTemplateSpecName1",
        "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/',concat(parameters('workspace'),'-dc-',uniquestring(variables('_dataConnectorContentId1'))))]");
    variables.put("dataConnectorVersion1", connector.at("/metadata/version").asText());
    variables.put(
        "_dataConnectorcontentProductId1",
        "["
            + productId(
                "dc",
                "DataConnector",
                "variables('_dataConnectorContentId1')",
                "variables('dataConnectorVersion1')")
            + "]");
    Map<String, Object> ui = new LinkedHashMap<>();
    connector.properties().forEach(field -> ui.put(field.getKey(), field.getValue()));
    ui.put("id", "[variables('_uiConfigId1')]");
    Map<String, Object> own =
        map(
            "name",
            "[concat(parameters('workspace'),'"
                + INSIGHTS
                + "',variables('_dataConnectorContentId1'))]",
            "apiVersion",
            "2021-03-01-preview",
            "type",
            PROVIDERS + "dataConnectors",
            "location",
            LOCATION,
            "kind",
            "GenericUI",
            "properties",
            map("connectorUiConfig", ui));
    Map<String, Object> about =
        metadata(
            "DataConnector",
            "variables('_dataConnectorId1')",
            "[extensionResourceId(resourceId('Microsoft.OperationalInsights/workspaces',"
                + " parameters('workspace')), 'Microsoft.SecurityInsights/dataConnectors',"
                + " variables('_dataConnectorContentId1'))]",
            "[variables('_dataConnectorContentId1')]",
            "[variables('dataConnectorVersion1')]",
            null);
    content(
        "[variables('dataConnectorTemplateSpecName1')]",
        name + " data connector",
        "[variables('dataConnectorVersion1')]",
        List.of(own, about),
        "[variables('_dataConnectorContentId1')]",
        "DataConnector",
        connector.path("title").asText(),
        "[variables('_dataConnectorcontentProductId1')]");
    Map<String, Object> outer = new LinkedHashMap<>(about);
    outer.put("dependsOn", List.of("[variables('_dataConnectorId1')]"));
    outer.put("location", LOCATION);
    resources.add(outer);
    resources.add(own);
  }

  private void parser(int number, JsonNode said) {
    String alias = said.path("FunctionName").asText();
    String object = "parserObject" + number;
    variables.put(
        object,
        map(
            "_parserName" + number,
            "[concat(parameters('workspace'),'/','" + alias + "')]",
            "_parserId" + number,
            "[resourceId('Microsoft.OperationalInsights/workspaces/savedSearches',"
                + " parameters('workspace'), '"
                + alias
                + "')]",
            "parserTemplateSpecName" + number,
            "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/',concat(parameters('workspace'),'-pr-',uniquestring('"
                + alias
                + "-Parser')))]",
            "parserVersion" + number,
            said.at("/Function/Version").asText(),
            "parserContentId" + number,
            alias + "-Parser"));
    String in = "variables('" + object + "').";
    Map<String, Object> search =
        map(
            "name",
            "[" + in + "_parserName" + number + "]",
            "apiVersion",
            "2025-07-01",
            "type",
            "Microsoft.OperationalInsights/workspaces/savedSearches",
            "location",
            LOCATION,
            "properties",
            map(
                "eTag",
                "*",
                "displayName",
                said.at("/Function/Title").asText(),
                "category",
                said.path("Category").asText(),
                "functionAlias",
                alias,
                "query",
                said.path("FunctionQuery").asText(),
                "functionParameters",
                parameters(said),
                "version",
                2,
                "tags",
                List.of(map("name", "description", "value", said.at("/Function/Title").asText()))));
    Map<String, Object> about =
        metadata(
            "Parser",
            in + "_parserId" + number,
            "[resourceId('Microsoft.OperationalInsights/workspaces/savedSearches',"
                + " parameters('workspace'), '"
                + alias
                + "')]",
            "[" + in + "parserContentId" + number + "]",
            "[" + in + "parserVersion" + number + "]",
            null);
    about.put("dependsOn", List.of("[" + in + "_parserId" + number + "]"));
    content(
        "[" + in + "parserTemplateSpecName" + number + "]",
        alias + " Data Parser",
        "[" + in + "parserVersion" + number + "]",
        List.of(search, about),
        "[" + in + "parserContentId" + number + "]",
        "Parser",
        said.at("/Function/Title").asText(),
        "["
            + productId(
                "pr",
                "Parser",
                in + "parserContentId" + number,
                "'" + said.at("/Function/Version").asText() + "'")
            + "]");
    resources.add(search);
    Map<String, Object> outer = new LinkedHashMap<>(about);
    outer.put("location", LOCATION);
    resources.add(outer);
  }

  private void workbook() throws IOException {
    JsonNode about =
        Solution.json(Solution.ROOT.resolve("Workbooks").resolve("WorkbooksMetadata.json")).get(0);
    variables.put("workbookVersion1", about.path("version").asText());
    variables.put("workbookContentId1", about.path("workbookKey").asText());
    variables.put(
        "workbookId1",
        "[resourceId('Microsoft.Insights/workbooks', variables('workbookContentId1'))]");
    variables.put(
        "workbookTemplateSpecName1",
        "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/',concat(parameters('workspace'),'-wb-',uniquestring(variables('_workbookContentId1'))))]");
    variables.put("_workbookContentId1", "[variables('workbookContentId1')]");
    variables.put(
        "_workbookcontentProductId1",
        "["
            + productId(
                "wb",
                "Workbook",
                "variables('_workbookContentId1')",
                "variables('workbookVersion1')")
            + "]");
    List<Object> criteria = new ArrayList<>();
    about
        .path("dataTypesDependencies")
        .forEach(type -> criteria.add(map("contentId", type.asText(), "kind", "DataType")));
    about
        .path("dataConnectorsDependencies")
        .forEach(one -> criteria.add(map("contentId", one.asText(), "kind", "DataConnector")));
    Map<String, Object> book =
        map(
            "type",
            "Microsoft.Insights/workbooks",
            "name",
            "[variables('workbookContentId1')]",
            "location",
            LOCATION,
            "kind",
            "shared",
            "apiVersion",
            "2021-08-01",
            "metadata",
            map("description", about.path("description").asText()),
            "properties",
            map(
                "displayName",
                "[parameters('workbook1-name')]",
                "serializedData",
                Solution.json(Solution.WORKBOOK).toString(),
                "version",
                "1.0",
                "sourceId",
                "[variables('workspaceResourceId')]",
                "category",
                "sentinel"));
    Map<String, Object> said =
        metadata(
            "Workbook",
            "variables('workbookId1')",
            "[variables('workbookId1')]",
            "[variables('_workbookContentId1')]",
            "[variables('workbookVersion1')]",
            about.path("description").asText());
    properties(said).put("dependencies", map("operator", "AND", "criteria", criteria));
    content(
        "[variables('workbookTemplateSpecName1')]",
        name + " Workbook",
        "[variables('workbookVersion1')]",
        List.of(book, said),
        "[variables('_workbookContentId1')]",
        "Workbook",
        "[parameters('workbook1-name')]",
        "[variables('_workbookcontentProductId1')]");
  }

  private void rule(int number, String file) {
    JsonNode said = Solution.yaml(Solution.ROOT.resolve(file));
    String id = said.path("id").asText();
    String object = "analyticRuleObject" + number;
    variables.put(
        object,
        map(
            "analyticRuleVersion" + number,
            said.path("version").asText(),
            "_analyticRulecontentId" + number,
            id,
            "analyticRuleId" + number,
            "[resourceId('Microsoft.SecurityInsights/AlertRuleTemplates', '" + id + "')]",
            "analyticRuleTemplateSpecName" + number,
            "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/',concat(parameters('workspace'),'-ar-',uniquestring('"
                + id
                + "')))]",
            "_analyticRulecontentProductId" + number,
            "["
                + productId(
                    "ar",
                    "AnalyticsRule",
                    "'" + id + "'",
                    "'" + said.path("version").asText() + "'")
                + "]"));
    String in = "variables('" + object + "').";
    Map<String, Object> template =
        map(
            "type",
            "Microsoft.SecurityInsights/AlertRuleTemplates",
            "name",
            "[" + in + "_analyticRulecontentId" + number + "]",
            "apiVersion",
            "2023-02-01-preview",
            "kind",
            said.path("kind").asText(),
            "location",
            LOCATION,
            "properties",
            ruleProperties(said));
    Map<String, Object> about =
        metadata(
            "AnalyticsRule",
            in + "analyticRuleId" + number,
            "[" + in + "analyticRuleId" + number + "]",
            "[" + in + "_analyticRulecontentId" + number + "]",
            "[" + in + "analyticRuleVersion" + number + "]",
            name + " Analytics Rule " + number);
    content(
        "[" + in + "analyticRuleTemplateSpecName" + number + "]",
        Solution.name(Path.of(file)) + "_AnalyticalRules Analytics Rule",
        "[" + in + "analyticRuleVersion" + number + "]",
        List.of(template, about),
        "[" + in + "_analyticRulecontentId" + number + "]",
        "AnalyticsRule",
        said.path("name").asText(),
        "[" + in + "_analyticRulecontentProductId" + number + "]");
  }

  private static Map<String, Object> ruleProperties(JsonNode said) {
    Map<String, Object> properties =
        map(
            "description",
            said.path("description").asText(),
            "displayName",
            said.path("name").asText(),
            "enabled",
            false,
            "query",
            said.path("query").asText());
    boolean scheduled = said.path("kind").asText().equals("Scheduled");
    if (scheduled) {
      properties.put("queryFrequency", iso(said.path("queryFrequency")));
      properties.put("queryPeriod", iso(said.path("queryPeriod")));
    }
    properties.put("severity", said.path("severity").asText());
    properties.put("suppressionDuration", "PT1H");
    properties.put("suppressionEnabled", false);
    if (scheduled) {
      properties.put("triggerOperator", "GreaterThan");
      properties.put("triggerThreshold", said.path("triggerThreshold").asInt());
    }
    properties.put("status", said.path("status").asText());
    properties.put("requiredDataConnectors", said.path("requiredDataConnectors"));
    Set<String> techniques = new LinkedHashSet<>();
    List<String> sub = new ArrayList<>();
    for (JsonNode technique : said.path("relevantTechniques")) {
      techniques.add(technique.asText().substring(0, 5));
      if (technique.asText().length() > 5) {
        sub.add(technique.asText());
      }
    }
    if (!techniques.isEmpty()) {
      properties.put("tactics", said.path("tactics"));
      properties.put("techniques", techniques);
      properties.put("subTechniques", sub);
    }
    for (String part :
        List.of(
            "entityMappings",
            "eventGroupingSettings",
            "customDetails",
            "alertDetailsOverride",
            "incidentConfiguration")) {
      if (said.has(part)) {
        properties.put(part, said.path(part));
      }
    }
    return properties;
  }

  private static String iso(JsonNode span) {
    return "PT" + span.asText().toUpperCase(Locale.ROOT);
  }

  private void hunt(int number, JsonNode said) {
    String id = said.path("id").asText();
    String object = "huntingQueryObject" + number;
    variables.put(
        object,
        map(
            "huntingQueryVersion" + number,
            said.path("version").asText(),
            "_huntingQuerycontentId" + number,
            id,
            "huntingQueryTemplateSpecName" + number,
            "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/',concat(parameters('workspace'),'-hq-',uniquestring('"
                + id
                + "')))]"));
    String in = "variables('" + object + "').";
    String search = "resourceId('Microsoft.OperationalInsights/savedSearches', '" + id + "')";
    Map<String, Object> saved =
        map(
            "type",
            "Microsoft.OperationalInsights/savedSearches",
            "apiVersion",
            "2025-07-01",
            "name",
            name + "_Hunting_Query_" + number,
            "location",
            LOCATION,
            "properties",
            map(
                "eTag",
                "*",
                "displayName",
                said.path("name").asText(),
                "category",
                "Hunting Queries",
                "query",
                said.path("query").asText(),
                "version",
                2,
                "tags",
                List.of(
                    map("name", "description", "value", said.path("description").asText()),
                    map("name", "tactics", "value", joined(said.path("tactics"))),
                    map("name", "techniques", "value", joined(said.path("relevantTechniques"))))));
    Map<String, Object> about =
        metadata(
            "HuntingQuery",
            search,
            "[" + search + "]",
            "[" + in + "_huntingQuerycontentId" + number + "]",
            "[" + in + "huntingQueryVersion" + number + "]",
            name + " Hunting Query " + number);
    content(
        "[" + in + "huntingQueryTemplateSpecName" + number + "]",
        said.path("name").asText() + " Hunting Query",
        "[" + in + "huntingQueryVersion" + number + "]",
        List.of(saved, about),
        "[" + in + "_huntingQuerycontentId" + number + "]",
        "HuntingQuery",
        said.path("name").asText(),
        "["
            + productId(
                "hq",
                "HuntingQuery",
                in + "_huntingQuerycontentId" + number,
                "'" + said.path("version").asText() + "'")
            + "]");
  }

  private static String joined(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return String.join(",", texts);
  }

  private static String productId(String kind, String word, String id, String version) {
    return "concat(take(variables('_solutionId'),50),'-','"
        + kind
        + "','-', uniqueString(concat(variables('_solutionId'),'-','"
        + word
        + "','-',"
        + id
        + ",'-', "
        + version
        + ")))";
  }

  /** Adds a template of content, and what the package depends on. */
  private void content(
      String templateName,
      String description,
      String itsVersion,
      List<Object> inner,
      String id,
      String kind,
      String displayName,
      String product) {
    resources.add(
        map(
            "type",
            PROVIDERS + "contentTemplates",
            "apiVersion",
            "2023-04-01-preview",
            "name",
            templateName,
            "location",
            LOCATION,
            "dependsOn",
            List.of(INSTALLED),
            "properties",
            map(
                "description",
                description + " with template version " + version,
                "mainTemplate",
                map(
                    "$schema",
                    SCHEMA,
                    "contentVersion",
                    itsVersion,
                    "parameters",
                    map(),
                    "variables",
                    map(),
                    "resources",
                    inner),
                "packageKind",
                "Solution",
                "packageVersion",
                "[variables('_solutionVersion')]",
                "packageName",
                "[variables('_solutionName')]",
                "packageId",
                SOLUTION,
                "contentSchemaVersion",
                "3.0.0",
                "contentId",
                id,
                "contentKind",
                kind,
                "displayName",
                displayName,
                "contentProductId",
                product,
                "id",
                product,
                "version",
                itsVersion)));
    dependencies.add(map("kind", kind, "contentId", id, "version", itsVersion));
  }

  private Map<String, Object> metadata(
      String kind,
      String id,
      String parentId,
      String contentId,
      String itsVersion,
      @Nullable String description) {
    Map<String, Object> properties = new LinkedHashMap<>();
    if (description != null) {
      properties.put("description", description);
    }
    properties.put("parentId", parentId);
    properties.put("contentId", contentId);
    properties.put("kind", kind);
    properties.put("version", itsVersion);
    properties.put("source", source());
    properties.put("author", map("name", name));
    properties.put("support", metadata.path("support"));
    return map(
        "type",
        PROVIDERS + "metadata",
        "apiVersion",
        "2022-01-01-preview",
        "name",
        "[concat(parameters('workspace'),'"
            + INSIGHTS
            + "',concat('"
            + kind
            + "-', last(split("
            + id
            + ",'/'))))]",
        "properties",
        properties);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> properties(Map<String, Object> resource) {
    Object properties = resource.get("properties");
    if (properties instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalStateException("a resource has properties");
  }

  private Map<String, Object> source() {
    return map("kind", "Solution", "name", name, "sourceId", SOLUTION);
  }

  private Map<String, Object> contentPackage() {
    return map(
        "type",
        PROVIDERS + "contentPackages",
        "apiVersion",
        "2023-04-01-preview",
        "location",
        LOCATION,
        "properties",
        map(
            "version",
            version,
            "kind",
            "Solution",
            "contentSchemaVersion",
            "3.0.0",
            "displayName",
            name,
            "publisherDisplayName",
            metadata.at("/support/name").asText(),
            "descriptionHtml",
            "<p>"
                + data.path("Description").asText()
                + "</p>\n<p><strong>Data Connectors:</strong> 1, <strong>Parsers:</strong> "
                + data.path("Parsers").size()
                + ", <strong>Workbooks:</strong> 1, <strong>Analytic Rules:</strong> "
                + data.path("Analytic Rules").size()
                + ", <strong>Hunting Queries:</strong> "
                + data.path("Hunting Queries").size()
                + "</p>\n",
            "contentKind",
            "Solution",
            "contentProductId",
            "[variables('_solutioncontentProductId')]",
            "id",
            "[variables('_solutioncontentProductId')]",
            "icon",
            data.path("Logo").asText(),
            "contentId",
            SOLUTION,
            "parentId",
            SOLUTION,
            "source",
            source(),
            "author",
            map("name", name),
            "support",
            metadata.path("support"),
            "dependencies",
            map("operator", "AND", "criteria", dependencies),
            "firstPublishDate",
            metadata.path("firstPublishDate").asText(),
            "providers",
            metadata.path("providers"),
            "categories",
            map("domains", metadata.at("/categories/domains"))),
        "name",
        "[concat(parameters('workspace'),'" + INSIGHTS + "', variables('_solutionId'))]");
  }

  private Map<String, Object> createUiDefinition() {
    String description =
        data.path("Logo").asText()
            + "\n\n"
            + data.path("Description").asText()
            + "\n\n**Data Connectors:** 1, **Parsers:** "
            + data.path("Parsers").size()
            + ", **Workbooks:** 1, **Analytic Rules:** "
            + data.path("Analytic Rules").size()
            + ", **Hunting Queries:** "
            + data.path("Hunting Queries").size()
            + "\n\n[Learn more about Microsoft Sentinel](https://aka.ms/azuresentinel) | [Learn more"
            + " about Solutions](https://aka.ms/azuresentinelsolutionsdoc)";
    List<Object> steps = new ArrayList<>();
    steps.add(
        step(
            "dataconnectors",
            "Data Connectors",
            "This solution installs the data connector for Lockstep, which explains how rows come"
                + " into your Microsoft Sentinel workspace. Tables and data collection rule are made"
                + " by data.json of the Lockstep repository. The parsers are installed with it.",
            List.of()));
    steps.add(
        step(
            "workbooks",
            "Workbooks",
            "This solution installs a workbook over the findings and the health of Lockstep.",
            List.of(
                section(
                    "workbook1",
                    "Lockstep",
                    "Findings over time, by rule, subject and place, and from a row to the finding."))));
    steps.add(
        step(
            "analytics",
            "Analytics",
            "This solution installs analytic rules. Create and enable them in Manage solution view"
                + " after the installation.",
            sections("analytic", data.path("Analytic Rules"))));
    steps.add(
        step(
            "huntingqueries",
            "Hunting Queries",
            "This solution installs hunting queries. Run them in Manage solution view after the"
                + " installation.",
            sections("huntingquery", data.path("Hunting Queries"))));
    return map(
        "$schema",
        "https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#",
        "handler",
        "Microsoft.Azure.CreateUIDef",
        "version",
        "0.1.2-preview",
        "parameters",
        map(
            "config",
            map(
                "isWizard",
                false,
                "basics",
                map(
                    "description",
                    description,
                    "subscription",
                    map(
                        "resourceProviders",
                        List.of(
                            "Microsoft.OperationsManagement/solutions",
                            "Microsoft.OperationalInsights/workspaces/providers/alertRules",
                            "Microsoft.Insights/workbooks",
                            "Microsoft.Logic/workflows")),
                    "location",
                    map(
                        "metadata",
                        map("hidden", "The location is that of the workspace"),
                        "visible",
                        false),
                    "resourceGroup",
                    map("allowExisting", true))),
            "basics",
            workspaceChoice(),
            "steps",
            steps,
            "outputs",
            map(
                "workspace-location",
                "[first(map(filter(basics('getLAWorkspace').value, (filter) =>"
                    + " and(contains(toLower(filter.id), toLower(resourceGroup().name)),"
                    + " equals(filter.name, basics('workspace')))), (item) => item.location))]",
                "location",
                "[location()]",
                "workspace",
                "[basics('workspace')]")));
  }

  private static List<Object> workspaceChoice() {
    return List.of(
        map(
            "name",
            "getLAWorkspace",
            "type",
            "Microsoft.Solutions.ArmApiControl",
            "toolTip",
            "The workspaces of the resource group",
            "condition",
            "[greater(length(resourceGroup().name),0)]",
            "request",
            map(
                "method",
                "GET",
                "path",
                "[concat(subscription().id,'/providers/Microsoft.OperationalInsights/workspaces?api-version=2020-08-01')]")),
        map(
            "name",
            "workspace",
            "type",
            "Microsoft.Common.DropDown",
            "label",
            "Workspace",
            "placeholder",
            "Select a workspace",
            "toolTip",
            "The workspaces of the resource group",
            "constraints",
            map(
                "allowedValues",
                "[map(filter(basics('getLAWorkspace').value, (filter) =>"
                    + " contains(toLower(filter.id), toLower(resourceGroup().name))), (item) =>"
                    + " parse(concat('{\"label\":\"', item.name, '\",\"value\":\"', item.name,"
                    + " '\"}')))]",
                "required",
                true),
            "visible",
            true));
  }

  private static Map<String, Object> step(
      String name, String label, String text, List<Object> sections) {
    List<Object> elements = new ArrayList<>();
    elements.add(textBlock(name + "-text", text));
    elements.addAll(sections);
    return map("name", name, "label", label, "bladeTitle", label, "elements", elements);
  }

  private static List<Object> sections(String name, JsonNode files) {
    List<Object> sections = new ArrayList<>();
    for (JsonNode file : files) {
      JsonNode said = Solution.yaml(Solution.ROOT.resolve(file.asText()));
      sections.add(
          section(
              name + (sections.size() + 1),
              said.path("name").asText(),
              said.path("description").asText()));
    }
    return sections;
  }

  private static Map<String, Object> section(String name, String label, String text) {
    return map(
        "name",
        name,
        "type",
        "Microsoft.Common.Section",
        "label",
        label,
        "elements",
        List.of(textBlock(name + "-text", text)));
  }

  private static Map<String, Object> textBlock(String name, String text) {
    return map("name", name, "type", "Microsoft.Common.TextBlock", "options", map("text", text));
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
