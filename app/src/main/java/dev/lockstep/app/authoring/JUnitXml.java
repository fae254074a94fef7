package dev.lockstep.app.authoring;

import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.schemas.text.Quoted;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Report about the tests of rules, written in the XML format of JUnit, which build servers read.
 * Each file is a suite.
 */
public final class JUnitXml {
  private JUnitXml() {}

  public static String of(TestReport report) {
    Map<String, List<TestOutcome>> suites = new LinkedHashMap<>();
    for (TestOutcome each : report.outcomes()) {
      suites.computeIfAbsent(each.at().file(), any -> new ArrayList<>()).add(each);
    }
    for (DocumentFault fault : report.faults()) {
      suites
          .computeIfAbsent(fault.at().file(), any -> new ArrayList<>())
          .add(
              new TestOutcome(
                  fault.at().file(),
                  "loads, line " + fault.at().line(),
                  fault.at(),
                  List.of(fault.message()),
                  0));
    }
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      for (Map.Entry<String, List<TestOutcome>> suite : suites.entrySet()) {
        write(xml, suite.getKey(), suite.getValue());
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("could not write XML to memory", e);
    }
    return text.append('\n').toString();
  }

  private static void write(XMLStreamWriter xml, String file, List<TestOutcome> outcomes)
      throws XMLStreamException {
    xml.writeStartElement("testsuite");
    attribute(xml, "name", file);
    attribute(xml, "tests", String.valueOf(outcomes.size()));
    attribute(
        xml, "failures", String.valueOf(outcomes.stream().filter(each -> !each.passed()).count()));
    attribute(xml, "errors", "0");
    attribute(xml, "time", seconds(outcomes.stream().mapToDouble(TestOutcome::seconds).sum()));
    for (TestOutcome each : outcomes) {
      xml.writeStartElement("testcase");
      attribute(xml, "classname", each.rule());
      attribute(xml, "name", each.name());
      attribute(xml, "file", each.at().file());
      attribute(xml, "line", String.valueOf(each.at().line()));
      attribute(xml, "time", seconds(each.seconds()));
      if (!each.passed()) {
        xml.writeStartElement("failure");
        attribute(xml, "message", each.failures().get(0));
        xml.writeCharacters(
            String.join("\n", each.failures().stream().map(Quoted::visible).toList()));
        xml.writeEndElement();
      }
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  private static void attribute(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    // XML may not allow hidden characters
    xml.writeAttribute(name, Quoted.visible(value));
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }
}
