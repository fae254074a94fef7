package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** The reader of plain Bicep writes what the documentation of ARM templates says. */
class BicepReaderTest {
  @Test
  void writesExpressionsAsArmDoes() {
    JsonNode template =
        template(
            """
            param name string = 'it\\'s ${resourceGroup().location}'
            param many array = [] // of them
            var braces = '{${name}}'
            var chosen = empty(many) || (name != 'x') ? null : many[0].id
            var odd = '[not an expression'
            var sum = !contains(many, 1)
            """);
    assertThat(template.at("/parameters/name/defaultValue").asText())
        .isEqualTo("[format('it''s {0}', resourceGroup().location)]");
    assertThat(template.at("/variables/braces").asText())
        .isEqualTo("[format('{{{0}}}', parameters('name'))]");
    assertThat(template.at("/variables/odd").asText()).isEqualTo("[[not an expression");
    assertThat(template.at("/variables/sum").asText())
        .isEqualTo("[not(contains(parameters('many'), 1))]");
  }

  @Test
  void writesParentsScopesLoopsAndWhatDependsOnWhat() {
    JsonNode resources =
        template(
                """
                param names array
                resource top 'A.B/tops@1' = {
                  name: 'top'
                }
                resource there 'A.B/tops@1' existing = {
                  name: 'there'
                }
                resource child 'A.B/tops/children@1' = [for name in names: if (!empty(name)) {
                  parent: top
                  name: name
                  properties: { of: there.id, by: there.properties.key, secret: there.listKeys().value }
                }]
                resource above 'C.D/above@2' = {
                  scope: top
                  name: 'above'
                  dependsOn: [
                    child
                  ]
                }
                resource last 'A.B/tops@1' = {
                  name: above.name
                  properties: {
                    above: above.id
                  }
                }
                """)
            .path("resources");
    JsonNode child = resources.get(1);
    assertThat(child.path("name").asText())
        .isEqualTo("[format('{0}/{1}', 'top', parameters('names')[copyIndex()])]");
    assertThat(child.at("/copy/count").asText()).isEqualTo("[length(parameters('names'))]");
    assertThat(child.path("condition").asText())
        .isEqualTo("[not(empty(parameters('names')[copyIndex()]))]");
    assertThat(child.at("/properties/of").asText()).isEqualTo("[resourceId('A.B/tops', 'there')]");
    assertThat(child.at("/properties/by").asText())
        .isEqualTo("[reference(resourceId('A.B/tops', 'there'), '1').key]");
    assertThat(child.at("/properties/secret").asText())
        .isEqualTo("[listKeys(resourceId('A.B/tops', 'there'), '1').value]");
    assertThat(child.path("dependsOn").toString())
        .isEqualTo("[\"[resourceId('A.B/tops', 'top')]\"]");
    JsonNode above = resources.get(2);
    assertThat(above.path("scope").asText()).isEqualTo("[resourceId('A.B/tops', 'top')]");
    assertThat(above.path("dependsOn").toString())
        .isEqualTo("[\"[resourceId('A.B/tops', 'top')]\",\"child\"]");
    assertThat(resources.get(3).at("/properties/above").asText())
        .isEqualTo("[extensionResourceId(resourceId('A.B/tops', 'top'), 'C.D/above', 'above')]");
  }

  @Test
  void refusesWhatItDoesNotKnow_withItsLine() {
    assertThatThrownBy(() -> template("var a = 1\nmodule m 'm.bicep' = {}\n"))
        .hasMessage(
            "could not read test.bicep:2: \"module\" begins no statement that is known here");
    assertThatThrownBy(() -> template("var a = 'x\n"))
        .hasMessageContaining("a string does not end");
    assertThatThrownBy(() -> template("var a = b\n")).hasMessageContaining("\"b\"");
    assertThatThrownBy(() -> template("var a = 1 == 1 && true\n")).hasMessageContaining("mixed");
    assertThatThrownBy(() -> template("var a = {\n  b: 1\n  b: 2\n}\n"))
        .hasMessageContaining("test.bicep:3: \"b\" is there twice");
  }

  private static JsonNode template(String text) {
    Bicep bicep = BicepReader.read("test.bicep", text);
    return Templates.JSON.valueToTree(ArmTemplate.of(bicep, file -> file));
  }
}
